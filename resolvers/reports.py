"""The evaluators' totals, as a batch has made them. No card is read to answer this."""

from datetime import datetime
from typing import Any

import strawberry

from app.domain.aggregates import PublishedReport, ReportName
from resolvers.access import described, graphql_enum
from resolvers.context import OperationContext

graphql_enum(ReportName)
REPORT_ROWS = 8


@strawberry.type(description="A row of a report.")
class ReportRow:
    label: str = described("What is counted.")
    count: int | None = described("How many women, rounded; null where so few are counted that they could be made out.")
    suppressed: bool = described("Whether the number is left out: it is small, or a small one could be reckoned by it.")


@strawberry.type(
    description="A report of a fixed catalogue, made by a batch of all cards with consent. It stays as it is until so "
    "many women are counted otherwise that a new one tells of nobody."
)
class Report:
    name: ReportName = described("Which report.")
    title: str = described("What it is about.")
    made_at: datetime = described("When it was made.")
    policy: str = described("Name of the access policy that was in force.")
    population: int = described("Of how many women, rounded.")
    rows: list[ReportRow] = described("The table; every woman is counted in one row.", usual_items=REPORT_ROWS)


async def reports(info: strawberry.Info) -> Any:
    """All reports that are published. Who read which is written down."""
    context: OperationContext = info.context
    found = await context.reports.published()
    context.reports_read.update(report.name for report in found)
    return [_shown(report) for report in found]


def _shown(report: PublishedReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": report.name.meaning,
        "made_at": report.made_at,
        "policy": report.policy,
        "population": report.population,
        "rows": report.rows,
    }
