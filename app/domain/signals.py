"""What in the ledger is worth a closer look: signs that somebody may have looked without a reason. Signs, no verdicts.

Only what the ledger itself tells. That two live at one address, or share a name, it does not know.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.described import DescribedEnum
from app.domain.ledger import LISTS, EntryKind, Outcome

OPENINGS_AT_MOST: Final = 2
"""Openings of blocks by one person in the time that is looked at; more is a sign."""
WOMEN_AN_HOUR_AT_MOST: Final = 25
"""Women whose cards one person asks for within an hour, lists aside; more is a sign."""
ATTEMPTS_AT_MOST: Final = 2
"""Attempts of one person at the card of a woman who has blocked it; more is a sign."""
AN_HOUR: Final = timedelta(hours=1)


class Sign(DescribedEnum):
    """What was noticed."""

    REPEATED_OPENINGS = "REPEATED_OPENINGS", "Opened what women have blocked again and again."
    MANY_WOMEN = "MANY_WOMEN", "Asked for the cards of many women within an hour."
    PICKED_WITHOUT_WRITING = "PICKED_WITHOUT_WRITING", "Picked the patient by hand, and never wrote anything."
    OWN_CARD = "OWN_CARD", "Asked for her own card as a professional."
    AFTER_THE_END = "AFTER_THE_END", "Asked again after the card had been closed."
    BLOCKED_AGAIN = "BLOCKED_AGAIN", "Tried again and again though she has blocked access."


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign about one person. `count`: how often, or how many women; `last_at`: when it was last so."""

    sign: Sign
    actor_name: str | None
    hpr_number: str | None
    organisation_name: str | None
    count: int
    last_at: datetime


@dataclass
class _Seen:
    """What one person did."""

    last: Mapping[str, Any] = field(default_factory=dict)
    openings: int = 0
    recent: deque[tuple[datetime, str]] = field(default_factory=deque)
    most_women: int = 0
    picked: set[str] = field(default_factory=set)
    wrote_on: set[str] = field(default_factory=set)
    own: int = 0
    after_end: set[str] = field(default_factory=set)
    blocked: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Mapping[str, Any], known: set[str]) -> None:
        """One more entry, in the order of time. `known`: the women whose cards somebody was shown before."""
        patient, refusal = entry["patient_id"], entry["refusal"]
        self.last = entry
        self.openings += "elevation" in entry["written"]
        self.own += refusal == "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE"
        self._count_women(entry["at"], patient)
        if entry["user_selected"] and entry["outcome"] in (Outcome.ALLOWED, Outcome.PARTIAL):
            self.picked.add(patient)
        if any(said.split(".")[0] != "elevation" for said in entry["written"]):
            self.wrote_on.add(patient)
        if refusal == "NO_ACTIVE_CARD" and patient in known:
            self.after_end.add(patient)
        if refusal == "ACCESS_BLOCKED_BY_PATIENT":
            self.blocked[patient] += 1

    def _count_women(self, at: datetime, patient: str) -> None:
        self.recent.append((at, patient))
        while self.recent[0][0] <= at - AN_HOUR:
            self.recent.popleft()
        self.most_women = max(self.most_women, len({whose for _, whose in self.recent}))

    def signals(self) -> Iterator[tuple[Sign, int]]:
        """The signs, with how much."""
        blocked = sum(count for count in self.blocked.values() if count > ATTEMPTS_AT_MOST)
        found = {
            Sign.REPEATED_OPENINGS: self.openings if self.openings > OPENINGS_AT_MOST else 0,
            Sign.MANY_WOMEN: self.most_women if self.most_women > WOMEN_AN_HOUR_AT_MOST else 0,
            Sign.PICKED_WITHOUT_WRITING: len(self.picked - self.wrote_on),
            Sign.OWN_CARD: self.own,
            Sign.AFTER_THE_END: len(self.after_end),
            Sign.BLOCKED_AGAIN: blocked,
        }
        yield from ((sign, count) for sign, count in found.items() if count)


def signals_in(entries: Iterable[Mapping[str, Any]]) -> list[Signal]:
    """The signs in entries that come in the order of time, `at` as a datetime; the strongest of each kind first."""
    people: defaultdict[str, _Seen] = defaultdict(_Seen)
    known: set[str] = set()
    for entry in entries:
        if _is_look_of_a_professional(entry):
            people[entry["actor_key"]].add(entry, known)
        if entry["record_id"] and entry["released"]:
            known.add(entry["patient_id"])
    return sorted(
        (_signal(seen, sign, count) for seen in people.values() for sign, count in seen.signals()),
        key=lambda signal: (list(Sign).index(signal.sign), -signal.count, signal.hpr_number or ""),
    )


def _is_look_of_a_professional(entry: Mapping[str, Any]) -> bool:
    is_usage = entry["kind"] == EntryKind.USAGE and entry["patient_id"] and entry["actor_key"] and entry["purpose"]
    of_list = any(path.split(".", 1)[0] in LISTS for path in entry["released"])
    return bool(is_usage) and not of_list and entry["operation_kind"] != "subscription"


def _signal(seen: _Seen, sign: Sign, count: int) -> Signal:
    last = seen.last
    return Signal(sign, last["actor_name"], last["hpr_number"], last["organisation_name"], count, last["at"])
