"""What a document loses, as a table for people."""

from collections.abc import Iterator
from typing import Final

from rich.table import Table

from app.domain.policy import Policy
from app.execution.losses import Loss, Situation

NOTHING: Final = "nothing"
AT_UNIT: Final = {None: "", True: " at her own unit", False: " elsewhere"}


def losses_table(policy: Policy, losses: list[Loss]) -> Table:
    """A line for each role, and for each purpose that makes a difference."""
    table = Table("role", "purpose", "loses")
    several = len({loss.operation for loss in losses}) > 1
    lines: dict[tuple[str, str], list[Situation]] = {}
    for loss in losses:
        off = "" if loss.situation.role in policy.enabled_roles else " (off by default)"
        what = "\n".join(_lost(loss)) or NOTHING
        key = (f"{loss.situation.role}{off}", f"{loss.operation}:\n{what}" if several else what)
        lines.setdefault(key, []).append(loss.situation)
    for (who, what), when in lines.items():
        table.add_row(who, ", ".join(_purposes(when)), what)
    return table


def _purposes(when: list[Situation]) -> Iterator[str]:
    """Each purpose once, with the unit where that makes a difference."""
    for purpose in dict.fromkeys(one.purpose for one in when if one.purpose):
        units = {one.own_unit for one in when if one.purpose is purpose}
        yield purpose if len(units) > 1 else f"{purpose}{AT_UNIT[units.pop()]}"


def _lost(loss: Loss) -> Iterator[str]:
    """What is lost, a line each: the root field that is refused, the section that is closed, or the fact."""
    yield from (f"{key}: refused" for key in loss.refused)
    told = set()
    for why, places in loss.withheld:
        section = why.path.split(".", 1)[0]
        what = f"{section}: all of it" if section in loss.closed else why.path
        what += " in part" if why.path in loss.in_part else ""
        if what not in told and not all(place[0] in loss.refused for place in places):
            told.add(what)
            yield f"{what} ({why.reason})"
