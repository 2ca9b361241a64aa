"""The gateway, made and run as the product does, with something taken out for the comparison.

`python -m tests.bench.gateway PORT [--no-ledger] [--core]`: without entries in the ledger; with everything on
graphql-core. The product itself has no such switches.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.commands import serving
from app.domain.chains import Head
from app.domain.ledger import Entry
from app.execution.programs import Programs
from app.main import create_app
from app.services import Services, make_services
from app.settings import Settings
from data.ledger import Appended, ChainedLedger
from data.together import Together


class Silent(ChainedLedger):
    """Keeps nothing."""

    async def append(self, *entries: Entry) -> None:
        return

    def appended(self, before: Head, entries: Sequence[Entry]) -> Appended:
        return Appended(before, before, [])

    def gather(self, together: Together, appended: Appended) -> None:
        return


def altered(services: Services, *, ledger: bool, programs: bool) -> Services:
    """The same services without a ledger, or without programs."""
    if not ledger:
        services.ledger.__class__ = Silent  # whoever holds it holds the silent one
    # Plans are kept, as ever; a program is made when an operation is seen for the infinite time.
    return services if programs else replace(services, programs=Programs(made_at=math.inf))


def main(port: int, *switches: str) -> None:
    """Serve."""
    settings = serving.settings_with(None, port, None)

    def app(settings: Settings) -> Any:
        services = make_services(settings)
        return create_app(
            settings,
            services=altered(services, ledger="--no-ledger" not in switches, programs="--core" not in switches),
        )

    serving.create_app = app  # type: ignore[assignment]  # the rest is the product's own
    serving._run(settings)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
