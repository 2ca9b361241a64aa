"""How Alembic runs here: within the connection and the transaction that `data/migrate.py` gives it."""

from alembic import context

from data.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
