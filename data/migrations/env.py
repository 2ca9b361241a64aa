"""How Alembic runs here: within the connection and the transaction that `data/migrate.py` gives it."""

from alembic import context

import data.passing_tables
import data.tables  # noqa: F401 - so that they are declared
from data.declaring import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
