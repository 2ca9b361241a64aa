"""Deciding a command: from a card as it is to the versions that are to be added, or why none are. Pure.

Everything is looked at before anything is refused for its content, so a caller learns of all that is wrong at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import uuid4

from app.domain.card.declaration import Content, declared_in
from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import SECTIONS
from app.domain.changes import ChangeKind
from app.domain.commands import (
    HIGHEST_VERSION,
    Accepted,
    Closing,
    Command,
    Conflict,
    Decision,
    Document,
    Invalid,
    ItemCommand,
    NewVersion,
)
from app.domain.errors import RecordRefusal
from app.domain.gate import OSLO, Grant, entered_in_error, open_record
from app.domain.policy import Policy
from app.domain.record import Found, RecordHead
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.closing import READS as CLOSING_READS
from app.domain.validation.closing import check_closing
from app.domain.validation.problems import Problem, problem
from app.domain.validation.rules import check_rules, reads_of
from app.domain.validation.shape import check_content
from app.domain.viewer import CallerKind, Viewer
from app.domain.write_gate import (
    MINIMUM_AGE,
    WriteGrant,
    check_age,
    check_opens,
    open_for_closing,
    open_for_opening,
    open_for_writing,
)

NAME: Final = PROVENANCE.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command, who asks for it to be carried out, on whose card, under what policy, when."""

    command: Command
    viewer: Viewer
    patient_number: str
    policy: Policy
    now: datetime
    self_registration: bool = False
    minimum_age: int = MINIMUM_AGE

    @property
    def sections_needed(self) -> frozenset[str]:
        """The sections that must be at hand to decide: those that are written, and those the rules look at."""
        needed = frozenset(self.command.kinds) | reads_of(self.command.kinds)
        return needed | CLOSING_READS if self.command.closing else needed

    def decide(self, found: Found | None, born_on: date | None) -> Decision:
        """What is to be done. Raises RecordRefusal when the gate does, or when there is no such item.

        `born_on`: when she was born, known or not; whoever opens a card must know.
        """
        command, person = self.command, (self.viewer, self.patient_number, found, self.policy, self.now)
        if self.viewer.kind is CallerKind.CITIZEN and not self.self_registration:
            raise RecordRefusal("SECTION_FORBIDDEN", "Registering one's own facts is not open.")
        if command.opens:
            check_opens(self.viewer, self.policy)
            check_age(born_on, _day(self.now), self.minimum_age)
            grant = open_for_opening(*person).grant
            return _accepted(self, grant, opens=True)
        opened = open_for_closing(*person) if command.closing else open_for_writing(*person, command.kinds)
        assert found is not None  # the gate has seen to both
        assert found.card is not None
        documents = found.card.sections.open_for_writing(opened)
        # Time on a card does not run backwards, whatever clocks do.
        latest = found.card.head.last_updated_at
        asked = self if self.now >= latest else replace(self, now=latest)
        if command.closing:
            return _close(asked, command.closing, opened, found.card.head, documents)
        return _Items(asked, opened, documents, found.card.head.opened_at).decide()

    def reopen(self, found: Found | None) -> Grant:
        """What the writer reads of the card, to be shown again what a command wrote when it was first sent. The card
        may have been closed since. Raises RecordRefusal as the gate does."""
        return open_record(self.viewer, self.patient_number, found, self.policy, self.now, needs_active_card=False)


def _accepted(asked: Asked, grant: Grant, **more: Any) -> Accepted:
    members: dict[str, Any] = {"versions": (), "documents": {}, **more}
    return Accepted(grant=grant, at=asked.now, author=author_of(asked.viewer), **members)


def author_of(viewer: Viewer) -> dict[str, Any]:
    """Who writes, as every version says it (`Author` of app/domain/card/provenance.py)."""
    unit = viewer.unit
    said = {
        "user_type": "CITIZEN" if viewer.kind is CallerKind.CITIZEN else "HEALTH_CARE_PROFESSIONAL",
        "organisation_number": unit.number if unit else None,
        "organisation_name": unit.name if unit else None,
        "hpr_number": viewer.hpr_number,
        "profession": viewer.profession,
        "name": viewer.name,
    }
    return {name: value for name, value in said.items() if value is not None}


def _close(
    asked: Asked, closing: Closing, opened: WriteGrant, head: RecordHead, documents: Mapping[str, Any]
) -> Decision:
    if closing.expected_version != head.version:
        return Conflict(
            grant=opened.grant, kind=None, expected_version=closing.expected_version, current_version=head.version,
            changed_at=head.last_updated_at, changed_by=None,
        )  # fmt: skip
    card = CardFacts.of(documents, (), today=_day(asked.now), opened_on=_day(head.opened_at))
    problems = check_closing(closing.status, closing.at, card, asked.now)
    return Invalid(problems) if problems else _accepted(asked, opened.grant, documents=documents, closing=closing)


def _day(at: datetime) -> Any:
    return at.astimezone(OSLO).date()


class _Items:
    """The items of one command, decided together."""

    def __init__(self, asked: Asked, grant: WriteGrant, documents: Mapping[str, Any], opened_at: datetime) -> None:
        self.asked, self.grant, self.opened_at = asked, grant, opened_at
        self.documents = documents
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.versions: list[NewVersion] = []
        self.written: list[tuple[ItemCommand, Written]] = []
        self.standing: dict[str, Any] = dict(documents)

    def decide(self) -> Decision:
        for item in self.asked.command.items:
            conflict = self._add(item)
            if conflict is not None:
                return conflict
        self._check_rules()
        if self.problems:
            return Invalid(self.problems)
        return _accepted(
            self.asked, self.grant.grant, versions=tuple(self.versions), documents=self.documents,
            warnings=tuple(self.warnings),
        )  # fmt: skip

    def _add(self, item: ItemCommand) -> Conflict | None:
        current = self._current(item)
        conflict = _conflict(item, current, self.grant)
        if conflict is not None:
            return conflict
        version = 1 if current is None else current[NAME]["version"] + 1
        if version > HIGHEST_VERSION:
            self.problems.append(problem("VERSION_LIMIT_REACHED", (item.argument,)))
        self._check_stated(item, current)
        before = content_of(current) if current else None
        content = self._content(item, before)
        item_id = current[NAME]["item_id"] if current else str(uuid4())
        is_error = True if item.what is ChangeKind.ITEM_MARKED_IN_ERROR else None
        kept_error = current[NAME].get("entered_in_error") if current else None
        made = NewVersion(
            argument=item.argument, kind=item.kind, what=item.what, item_id=item_id,
            version=version, content=content, entered_in_error=is_error or kept_error,
            previous=version - 1 if current else None, position=None if current else len(self._items(item.kind)),
        )  # fmt: skip
        self.versions.append(made)
        if item.what is ChangeKind.ITEM_MARKED_IN_ERROR:
            others = [one for one in self._items(item.kind) if one[NAME]["item_id"] != made.item_id]
            self.standing[item.kind] = others
        else:
            self.written.append((item, Written(item.kind, content, made.item_id if current else None, before)))
        return None

    def _current(self, item: ItemCommand) -> Document | None:
        """The item as it is now. Raises RecordRefusal NOT_FOUND for one that is to be changed and is not there."""
        found: Document | None
        if not SECTIONS[item.kind].repeated:
            found = self.documents.get(item.kind)
        elif item.what is ChangeKind.ITEM_RECORDED:
            return None
        else:
            found = next((one for one in self._items(item.kind) if one[NAME]["item_id"] == item.item_id), None)
        if found is None and item.what is not ChangeKind.ITEM_RECORDED:
            raise RecordRefusal("NOT_FOUND", "There is no such item on this card.")
        return found

    def _items(self, kind: str) -> list[Document]:
        return self.documents.get(kind) or [] if SECTIONS[kind].repeated else []

    def _check_stated(self, item: ItemCommand, current: Document | None) -> None:
        if item.what is not ChangeKind.ITEM_MARKED_IN_ERROR and not item.stated:
            self.problems.append(problem("NOTHING_STATED", (item.argument,)))
        allowed = self.grant.facts.get(item.kind)
        if allowed is not None and not allowed.issuperset(item.stated):
            raise RecordRefusal("SECTION_FORBIDDEN", "Not every fact given here may be written by her role.")
        by_herself = current is not None and _by_herself(current)
        replaced = [name for name in item.stated if current is not None and current.get(name) not in (None, [])]
        if self.asked.viewer.kind is CallerKind.CITIZEN:
            if replaced and not by_herself:
                raise RecordRefusal("SECTION_FORBIDDEN", "What health personnel have written is changed by them.")
        elif by_herself and replaced:
            self.warnings.append(problem("SELF_REPORTED_VALUE_REPLACED", (item.argument,)))

    def _content(self, item: ItemCommand, before: Mapping[str, Any] | None) -> dict[str, Any]:
        if item.what is ChangeKind.ITEM_MARKED_IN_ERROR:
            return dict(before or {})
        section = SECTIONS[item.kind]
        content, problems = check_content(section, merged(section.model, before or {}, item.stated), before)
        self.problems += [_under(item, found) for found in problems]
        return content

    def _check_rules(self) -> None:
        written = [one for _, one in self.written]
        today, opened_on = _day(self.asked.now), _day(self.opened_at)
        card = CardFacts.of(self.standing, written, today=today, opened_on=opened_on)
        errors, warnings = check_rules(written, card)
        self.problems += [_under(self.written[found.item][0], found) for found in errors]
        told = (found for found in warnings if self._may_know(found))
        self.warnings += [_under(self.written[found.item][0], found) for found in told]

    def _may_know(self, found: Problem) -> bool:
        return all(self.grant.reads_whole(kind) for kind in found.reads)


def _under(item: ItemCommand, found: Problem) -> Problem:
    """The problem with its path as the caller sees it: below the command's argument."""
    return replace(found, path=(item.argument, *found.path))


def _conflict(item: ItemCommand, current: Document | None, grant: WriteGrant) -> Conflict | None:
    """Somebody else was there first. Raises NOT_FOUND for an item that is entered in error: it is changed no more."""
    if current is None:
        return None
    version: int = current[NAME]["version"]
    if item.expected_version != version:
        released = grant.grant.release_item(item.kind, current)
        return Conflict(
            grant=grant.grant, kind=item.kind, expected_version=item.expected_version, current_version=version,
            changed_at=current[NAME]["last_updated_at"], changed_by=current[NAME].get("last_updated_by"),
            current=released,
        )  # fmt: skip
    if entered_in_error(current):
        raise RecordRefusal("NOT_FOUND", "This item is marked as entered in error and is changed no more.")
    return None


def _by_herself(document: Document) -> bool:
    return (document[NAME].get("last_updated_by") or {}).get("user_type") == "CITIZEN"


def content_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """An item's facts without its provenance."""
    return {name: value for name, value in document.items() if name != NAME}


def merged(model: type[Content], before: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The facts after a correction: what is stated replaces, None clears, what is not mentioned stays.

    A container that holds facts together is gone into; a list, or a value that only makes sense whole, is replaced.
    """
    containers, after = _containers(model), dict(before)
    for name, value in stated.items():
        inside = containers.get(name)
        if inside is not None and isinstance(value, Mapping):
            value = merged(inside, after.get(name) or {}, value) or None
        after[name] = value
    return {name: value for name, value in after.items() if value is not None}


@cache
def _containers(model: type[Content]) -> Mapping[str, type[Content]]:
    """The containers among a model's members, lists of them left out."""
    declared = declared_in(model)
    return {one.name: one.shape.content for one in declared if one.shape.content is not None and not one.shape.many}


def measured_at_visit(height: Mapping[str, Any], visit: Mapping[str, Any]) -> dict[str, Any]:
    """A fundal height that is recorded with a visit was measured then, where it does not say otherwise."""
    taken_over = {"measured_on": visit.get("held_on"), "gestational_age_weeks": visit.get("gestational_age_weeks")}
    return {**{name: value for name, value in taken_over.items() if value is not None}, **height}
