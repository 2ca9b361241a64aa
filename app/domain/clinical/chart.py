"""The card as the clinical rules see it: what is recorded, on which day it was found, as of one day.

Nothing dated after that day is seen. What was entered in error is not on the chart. A value that is not recorded is
`None`, and a question about it has no answer: no rule may take it for "no" or for "normal".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, wraps
from typing import Any, Final, TypeVar

from app.domain.card.declaration import Section, camel
from app.domain.card.sections import SECTIONS, DeclaredFact, walk
from app.domain.clinical.dating import Dating, dating
from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.dating import DUE_DATES, day_of
from app.domain.policy import PROVENANCE
from app.domain.validation.card_facts import CardFacts

FACTS: Final[Mapping[str, DeclaredFact]] = {declared.graphql_path: declared for declared in walk()}
"""Every fact of the card by its path in GraphQL."""

_PLACES: Final = {path: (declared.section.kind, declared.path) for path, declared in FACTS.items()}
"""By fact, the kind of its section and the names down to it."""

_INSIDE_LISTS: Final = frozenset(
    path
    for path, declared in FACTS.items()
    if declared.section.repeated or any(member.shape.many for member in declared.containers)
)
"""The facts that a card can have many of."""

_PATHS: Final = {
    kind: [path for path, (of_kind, _) in _PLACES.items() if of_kind == kind]
    for kind, section in SECTIONS.items()
    if not section.repeated
}
"""By section with one item, its facts."""

BORN_ON: Final = "bornOn"
"""Her date of birth. It stands in her identity number and not on the card."""

DATING: Final = (
    *(
        f"pregnancy.{camel(name)}"
        for name in (*DUE_DATES, "last_period_on", "last_period_certain", "cycle_length_days")
    ),
    *(
        f"ultrasoundExaminations.{camel(name)}"
        for name in ("examined_on", "due_date", "gestational_age_weeks", "gestational_age_days")
    ),
)
"""What a gestational age can rest on."""

Content = Mapping[str, Any]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Input:
    """A recorded value that was looked at.

    path    the fact, as GraphQL spells it
    value   as it is stored
    on      the day it was found or, where the card has no such day, the last on which it can have been: the day it
            was written down. None: neither is known
    """

    path: str
    value: Any
    on: date | None


def each_once(inputs: Iterable[Input | None]) -> tuple[Input, ...]:
    """Those that are recorded, in their order, none twice. A value can be a list or an object."""
    known: list[Input] = []
    for each in inputs:
        if each is not None and each not in known:
            known.append(each)
    return tuple(known)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a repeated section, or an entry inside one, with the day it was found on."""

    path: str
    on: date
    content: Content

    def input(self, name: str) -> Input | None:
        """One fact of it; None when it is not recorded."""
        value = self.content.get(name)
        return None if value is None else Input(f"{self.path}.{camel(name)}", value, self.on)

    def entries(self, name: str) -> list["Item"]:
        """The entries of a list in it, such as the findings for each fetus."""
        path = f"{self.path}.{camel(name)}"
        return [Item(path, self.on, entry) for entry in self.content.get(name) or ()]


@dataclass(frozen=True)
class Chart:
    """One card on one day.

    documents    its sections by kind, without provenance, what was entered in error and what is dated later
    as_of        the civil day in Norway it is looked at
    born_on      when she was born; None: not known
    ended_on     the day the pregnancy ended or the card was closed
    written_on   by fact of a section with one item: the day since which its value has stood on the card
    settings     what the owner of the service has decided
    """

    documents: Mapping[str, Any]
    as_of: date
    born_on: date | None = None
    ended_on: date | None = None
    written_on: Mapping[str, date] = field(default_factory=dict)
    settings: ClinicalSettings = DEFAULT_SETTINGS

    @classmethod
    def of(
        cls,
        documents: Mapping[str, Any],
        as_of: date,
        *,
        born_on: date | None = None,
        ended_on: date | None = None,
        settings: ClinicalSettings = DEFAULT_SETTINGS,
    ) -> "Chart":
        """The chart of documents with provenance, by kind of section, as they stand on the day. For a day in the past
        they are first put back to what was known then: see `knowledge.py`."""
        standing = CardFacts.of(documents, (), today=as_of).documents
        seen = {kind: _up_to(as_of, kind, document) for kind, document in standing.items()}
        return cls(seen, as_of, born_on, ended_on, dict(_written_on(documents)), settings)

    def written(self, on: Mapping[str, date]) -> "Chart":
        """The same chart, where it is known better since when the values have stood."""
        return replace(self, written_on=on)

    def section(self, kind: str) -> Content:
        """A section with one item; empty when it was never written."""
        found: Content | None = self.documents.get(kind)
        return found or {}

    def input(self, path: str) -> Input | None:
        """A fact of a section with one item; None when it is not recorded."""
        if path not in self._inputs:
            self._inputs[path] = self._input(path)
        return self._inputs[path]

    @cached_property
    def _inputs(self) -> dict[str, Input | None]:
        """The facts that were asked for; many rules look at the same ones."""
        return {}

    def _input(self, path: str) -> Input | None:
        if path == BORN_ON:
            return None if self.born_on is None else Input(BORN_ON, self.born_on, self.born_on)
        kind, names = _PLACES[path]
        value: Any = self.section(kind)
        for name in names:
            value = None if value is None else value.get(name)
        return None if value is None else Input(path, value, self.written_on.get(path))

    def value(self, path: str) -> Any:
        """The value of a fact of a section with one item; None when it is not recorded."""
        found = self.input(path)
        return None if found is None else found.value

    def is_recorded(self, path: str) -> bool:
        """Whether any value of a fact is recorded, in whichever item or entry."""
        if path not in self._recorded:
            self._recorded[path] = self.born_on is not None if path == BORN_ON else self._has(path)
        return self._recorded[path]

    @cached_property
    def _recorded(self) -> dict[str, bool]:
        return {}

    def _has(self, path: str) -> bool:
        if path not in _INSIDE_LISTS:
            return self.input(path) is not None
        kind, names = _PLACES[path]
        found: Any = self.documents.get(kind)
        for name in names:
            values = [value.get(name) for value in _each(found)]
            found = [each for value in values for each in _each(value)]
        return bool(found)

    def items(self, kind: str) -> list[Item]:
        """The items of a repeated section up to the day, in the order of their dates, whatever order they were
        written in. An item without a date has no place among them."""
        return self._items[kind]

    @cached_property
    def _items(self) -> dict[str, list[Item]]:
        return {kind: self._in_order(section) for kind, section in SECTIONS.items() if section.repeated}

    def _in_order(self, section: Section) -> list[Item]:
        dated = ((_day_of(section, content), content) for content in self.documents.get(section.kind) or ())
        items = [
            Item(section.graphql_name, on or self.as_of, content)
            for on, content in dated
            if on or not section.ordered_by
        ]
        on_one_day = Counter(item.on for item in items)
        return sorted(items, key=lambda item: (item.on, repr(item.content) if on_one_day[item.on] > 1 else ""))

    @property
    def visits(self) -> list[Item]:
        """The antenatal visits up to the day, oldest first."""
        return self.items("antenatal_visits")

    @cached_property
    def dating(self) -> Dating | None:
        """The due date that counts, and what it rests on."""
        return dating(self.documents, settings=self.settings)

    @property
    def due_date(self) -> date | None:
        """The due date that counts."""
        return None if self.dating is None else self.dating.counts.due.on

    @cached_property
    def dated_by(self) -> tuple[Input, ...]:
        """What the due date that counts rests on."""
        if self.dating is None:
            return ()
        counts = self.dating.counts
        if counts.scanned_on is None:
            return each_once(map(self.input, counts.facts))
        scans = [scan for scan in self.items("ultrasound_examinations") if scan.on == counts.scanned_on]
        return each_once(scan.input(FACTS[path].path[-1]) for scan in scans for path in counts.facts)

    def gestation_days(self, on: date | None = None) -> int | None:
        """How many days the pregnancy has lasted on a day, by default the chart's; None before it began, and as long
        as there is no due date."""
        days = None if self.dating is None else self.dating.days_on(on or self.as_of)
        return None if days is None or days < 0 else days

    def has_reached(self, weeks: int, days: int = 0, *, on: date | None = None) -> bool:
        """Whether so many completed weeks and days are known to have passed."""
        lasted = self.gestation_days(on)
        return lasted is not None and lasted >= weeks * 7 + days

    def is_before(self, weeks: int, days: int = 0, *, on: date | None = None) -> bool:
        """Whether so many completed weeks and days are known not to have passed yet."""
        lasted = self.gestation_days(on)
        return lasted is not None and lasted < weeks * 7 + days

    @property
    def is_over(self) -> bool:
        """Whether the pregnancy has ended by what was known on the day: every reminder stops then."""
        children = self.section("birth_outcome").get("children") or ()
        ended = self.ended_on is not None and self.ended_on <= self.as_of
        return ended or any(child.get("status") or child.get("born_at") for child in children)

    @cached_property
    def answers(self) -> dict[Callable[["Chart"], Any], Any]:
        """What was worked out already: see `once_a_chart`."""
        return {}

    def age_on(self, day: date | None) -> int | None:
        """Her age in full years on a day."""
        if self.born_on is None or day is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (0 if had_birthday else 1)


def _each(value: Any) -> list[Any]:
    """The entries of a list, the value itself, or nothing when it is not recorded."""
    if isinstance(value, list):
        return [each for each in value if each is not None]
    return [] if value is None else [value]


def _day_of(section: Section, content: Content) -> date | None:
    """The day of an item, where its section has one."""
    return None if section.ordered_by is None else day_of(content.get(section.ordered_by))


def _up_to(as_of: date, kind: str, document: Any) -> Any:
    """A repeated section without the items of later days."""
    section = SECTIONS[kind]
    if not section.repeated:
        return document
    return [item for item in document or () if (_day_of(section, item) or as_of) <= as_of]


def _written_on(documents: Mapping[str, Any]) -> Iterator[tuple[str, date]]:
    """Every fact of a section with one item, with the day its item was last written."""
    for kind, paths in _PATHS.items():
        written = day_of(((documents.get(kind) or {}).get(PROVENANCE) or {}).get("last_updated_at"))
        if written is not None:
            yield from ((path, written) for path in paths)


def once_a_chart(question: Callable[[Chart], _Answer]) -> Callable[[Chart], _Answer]:
    """What several rules ask of a chart is worked out once. Nobody may change the answer."""

    @wraps(question)
    def asked(chart: Chart) -> _Answer:
        if question not in chart.answers:
            chart.answers[question] = question(chart)
        answer: _Answer = chart.answers[question]
        return answer

    return asked
