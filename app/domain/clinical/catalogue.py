"""How a clinical rule is declared: one function, with all that anyone needs to know about it.

A rule reminds of what a published guideline says; it decides nothing. Its texts stand in `words.toml`, its sources in
`sources.toml`. What was not verified is switched off, and the catalogue says so.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.domain.card.declaration import Fact, Sensitivity
from app.domain.clinical.chart import BORN_ON, DATING, FACTS, Chart, Input, each_once
from app.domain.described import DescribedEnum

FUTURE: Final = "S2-geo"
"""The escalation of days that have not come yet. A chart has none of them."""


class Severity(DescribedEnum):
    """How soon something should be done, the least first."""

    INFORMATION = "INFORMATION", "Good to know."
    PLAN = "PLAN", "To plan or follow up at this visit or the next."
    REFER = "REFER", "To refer or discuss with a specialist within days."
    SAME_DAY = "SAME_DAY", "To contact the hospital about the same day."
    IMMEDIATE = "IMMEDIATE", "An emergency."

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Audience(DescribedEnum):
    """Whom an alert is for."""

    WOMAN = "WOMAN", "The woman herself."
    PRIMARY_CARE = "PRIMARY_CARE", "General practitioner and municipal midwife."
    HOSPITAL = "HOSPITAL", "Hospital and specialists."


class Evidence(DescribedEnum):
    """How well a rule's limits are known."""

    TWO_SOURCES = "TWO_SOURCES", "Read in two or more independent sources."
    ONE_SOURCE = "ONE_SOURCE", "Read in one source of good standing."
    CHOSEN = "CHOSEN", "Chosen here, because the guideline gives no number; to be confirmed by an obstetrician."
    CONFLICTING = "CONFLICTING", "The sources disagree; the default is to be confirmed by the owner."
    UNVERIFIED = "UNVERIFIED", "Not verified in a source."


class Resolution(DescribedEnum):
    """What closes an alert."""

    NEW_FINDING = "NEW_FINDING", "A later finding within the limits."
    RECORDED = "RECORDED", "That what is missing is recorded."
    ASSESSED = "ASSESSED", "Nothing on the card: a clinician assesses it, and it stands until the birth."
    BIRTH = "BIRTH", "That the birth is recorded."


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    inputs       the recorded values it rests on; none for a rule about what is missing
    parameters   what its text names
    severity     where it is not the rule's own
    """

    inputs: tuple[Input, ...]
    parameters: tuple[tuple[str, Any], ...] = ()
    severity: Severity | None = None


def found(*inputs: Input | None, severity: Severity | None = None, **parameters: Any) -> Finding:
    """A finding that rests on these inputs, as far as they are recorded."""
    return Finding(each_once(inputs), tuple(parameters.items()), severity)


Check = Callable[[Chart], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    group            what it is about: of one group only the gravest is told, for each fetus
    facts            every fact it looks at. Whoever may not read one of them must not be told, whatever is recorded
    missing          those of them whose absence it tells of, or takes for "not known to be so"
    needed           those without which it has no answer; the dates of the pregnancy aside, of which any one will do
    is_dated         whether it looks at the age of the pregnancy
    told_in_person   a person tells the woman first, never a message
    private          must not appear where a partner, a proxy or an interpreter could see it, nor on paper
    off              why it is switched off; None: it is on
    """

    id: str
    version: int
    group: str
    severity: Severity
    audience: frozenset[Audience]
    sources: tuple[str, ...]
    evidence: Evidence
    facts: tuple[str, ...]
    missing: frozenset[str]
    needed: tuple[str, ...]
    is_dated: bool
    resolution: Resolution
    told_in_person: bool
    private: bool
    off: str | None
    check: Check

    @property
    def is_for_the_woman(self) -> bool:
        return Audience.WOMAN in self.audience

    @property
    def facts_of_card(self) -> tuple[str, ...]:
        """The facts it looks at, those that do not stand on the card left out."""
        return tuple(path for path in self.facts if path != BORN_ON)

    @property
    def sensitivities(self) -> frozenset[Sensitivity]:
        """Those of all the facts it looks at, and of the more sensitive values they can have."""
        return frozenset(level for path in self.facts for level in sensitivities_of(path))


RULES: Final[dict[str, Rule]] = {}
"""Every rule by id; filled by the files of rules (see `evaluation.py`)."""


def rule(
    id: str,
    *,
    group: str,
    severity: Severity,
    audience: Iterable[Audience],
    sources: Iterable[str],
    evidence: Evidence,
    facts: Iterable[str],
    resolution: Resolution,
    missing: Iterable[str] = (),
    version: int = 1,
    told_in_person: bool = False,
    private: bool = False,
    off: str | None = None,
) -> Callable[[Check], Check]:
    """Declare a rule. What is UNVERIFIED is off without further reason."""
    reason = off or (Evidence.UNVERIFIED.meaning if evidence is Evidence.UNVERIFIED else None)
    read, absent, named = tuple(facts), frozenset(missing), tuple(sources)
    if (
        id in RULES
        or not {*read} <= {*FACTS, BORN_ON}
        or not absent <= {*read}
        or not {*named} <= sources_known().keys()
    ):
        raise ValueError(f"rule {id} is declared twice, or names a fact or a source that does not exist")
    is_dated = {*DATING} <= {*read}
    needed = tuple(path for path in read if path not in absent and not (is_dated and path in DATING))

    def declare(check: Check) -> Check:
        RULES[id] = Rule(
            id, version, group, severity, frozenset(audience), named, evidence, read, absent, needed, is_dated,
            resolution, told_in_person, private, reason, check,
        )  # fmt: skip
        return check

    return declare


@dataclass(frozen=True, slots=True)
class NotOnTheCard:
    """A rule of the guidelines that cannot be asked here, because the card has no place for what it looks at."""

    id: str
    sources: tuple[str, ...]
    reason: str


@cache
def sources_known() -> Mapping[str, str]:
    """The published sources by the short name rules give them."""
    return tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf-8"))


def sensitivities_of(path: str) -> frozenset[Sensitivity]:
    """The sensitivity of a fact, of the facts it stands inside, and of the more sensitive values of any of them."""
    if path == BORN_ON:
        return frozenset({Sensitivity.ADMINISTRATIVE})
    declared = FACTS[path]
    facts = [
        each for each in (declared.fact, *(member.declared for member in declared.containers)) if isinstance(each, Fact)
    ]
    escalations = [fact.escalation for fact in facts if fact.escalation is not None and fact.escalation.rule != FUTURE]
    return frozenset([fact.sensitivity for fact in facts] + [more.sensitivity for more in escalations])
