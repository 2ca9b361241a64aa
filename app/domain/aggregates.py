"""Totals for those who evaluate the trial, guarded so that no woman can be made out in them.

A table counts every woman once, under one label. Small numbers are not told; as the total is told, one number that is
left out could be reckoned from the others, so a second is left out with it. All numbers are rounded. A table takes
another's place only when they differ by so many women that their difference tells of nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.described import DescribedEnum
from app.domain.errors import RecordRefusal

LEFT_OUT_TOGETHER: Final = 2
"""At least so many numbers are left out, or none."""


class ReportName(DescribedEnum):
    """The reports there are. Nobody can ask for others, or for a part of one."""

    WEEKS = "WEEKS", "How far along the women are."
    INTERPRETER = "INTERPRETER", "How many women need an interpreter."
    FOLATE = "FOLATE", "Whether the women took folate, before the pregnancy and in it."
    TOBACCO = "TOBACCO", "How often the women used tobacco at their first visit."
    BODY_MASS_INDEX = "BODY_MASS_INDEX", "The women's body mass index before the pregnancy."
    VISITS = "VISITS", "How many antenatal visits are on the cards."
    FUNDAL_HEIGHTS = "FUNDAL_HEIGHTS", "How many measurements of the fundal height are on the cards."
    LIVE_BIRTHS = "LIVE_BIRTHS", "On how many cards a live birth is recorded. Other outcomes are not counted."
    UNITS = "UNITS", "At which unit the cards are kept."
    CONSENT = "CONSENT", "How many women have given their consent, and how many have withdrawn it."


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be told of numbers of women. It stands in the policy.

    minimum_cell         a smaller number is not told
    minimum_population   of fewer women there is no table
    rounded_to           numbers are rounded to the nearest multiple of it
    """

    minimum_cell: int
    minimum_population: int
    rounded_to: int

    def __post_init__(self) -> None:
        if not 0 < self.rounded_to <= self.minimum_cell < self.minimum_population:
            raise ValueError("a table could tell of somebody")

    def rounded(self, count: int) -> int:
        """The nearest multiple."""
        return (count + self.rounded_to // 2) // self.rounded_to * self.rounded_to


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as it is told. `count`: None where it is left out."""

    label: str
    count: int | None

    @property
    def suppressed(self) -> bool:
        return self.count is None


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report as it is told. `population`: of how many women, rounded."""

    name: ReportName
    made_at: datetime
    policy: str
    population: int
    rows: tuple[Row, ...]


def guarded(counts: Mapping[str, int], disclosure: Disclosure) -> tuple[Row, ...]:
    """A table of numbers as it may be told, in the same order. Raises RecordRefusal AGGREGATE_TOO_SMALL."""
    if sum(counts.values()) < disclosure.minimum_population:
        raise too_small()
    hidden = _left_out(counts, disclosure)
    return tuple(Row(label, None if label in hidden else disclosure.rounded(count)) for label, count in counts.items())


def _left_out(counts: Mapping[str, int], disclosure: Disclosure) -> frozenset[str]:
    """The small numbers, and the next ones by size as long as the small ones could be reckoned from what is told.

    What is told gives away the sum of what is left out. Any of it can be anything from nothing to that sum, so the sum
    itself must be more than a number that may be told. A table without small numbers is told whole.
    """
    by_size = sorted(counts, key=lambda label: (counts[label], label))
    small = sum(count < disclosure.minimum_cell for count in counts.values())
    hidden = by_size[:small]
    for label in by_size[small:] if small else ():
        if len(hidden) >= LEFT_OUT_TOGETHER and sum(counts[each] for each in hidden) > disclosure.minimum_cell:
            break
        hidden.append(label)
    return frozenset(hidden)


def may_replace(before: Mapping[str, int], now: Mapping[str, int], disclosure: Disclosure) -> bool:
    """Whether a report that is made anew may be told, where an earlier one was: whoever holds both against each other
    must not learn of fewer women than may be told of. That nothing changed is not told either: it would say that
    whoever came is like whoever went."""
    return women_between(before, now) >= disclosure.minimum_cell


def women_between(before: Mapping[str, int], now: Mapping[str, int]) -> int:
    """The least number of women who came, went or are counted under another label."""
    changes = [now.get(label, 0) - before.get(label, 0) for label in {*before, *now}]
    more, fewer = (sum(change for change in changes if change > 0), -sum(change for change in changes if change < 0))
    return max(more, fewer)


def counted(labels: Sequence[str], found: Mapping[str, int]) -> dict[str, int]:
    """A table with all its labels, also of what was not found."""
    return {label: found.get(label, 0) for label in labels}


def too_small() -> RecordRefusal:
    """So few women, or so few others than in the report before, that they could be made out."""
    return RecordRefusal("AGGREGATE_TOO_SMALL", "Too few women: some of them could be made out.")
