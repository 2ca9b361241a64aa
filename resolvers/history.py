"""History: the versions of an item, of the whole card, and what is new since somebody last looked.

The types of versions are made from the declarations, like the sections they are versions of.
"""

from datetime import datetime
from typing import Annotated, Any, Final

import strawberry

from app.domain.card.declaration import Section, camel, declared_in
from app.domain.card.provenance import Author, Provenance
from app.domain.card.sections import SECTIONS
from app.domain.changes import ChangeKind
from app.domain.cursors import cursor_of, of_this_list, read_cursor
from app.domain.errors import RecordRefusal
from app.domain.history import CONTENT, HISTORY, PROVENANCE_OF_VERSION, ItemHistory, Version
from app.domain.policy import PROVENANCE
from app.domain.viewer import CallerKind
from resolvers.access import described, graphql_enum, open_to
from resolvers.access_log import After, First, PageInfo
from resolvers.card import INCLUDE_ERRONEOUS, made_type, provenance_field, section_types, shared_type
from resolvers.changes import CardChange, as_change
from resolvers.context import OpenedCard
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

HISTORY_READERS: Final = open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN)

graphql_enum(ChangeKind)

AuthorType: Any = shared_type(Author, f"{PROVENANCE}.{camel(PROVENANCE_OF_VERSION['by'])}")
IncludeErroneous = Annotated[bool, strawberry.argument(description=INCLUDE_ERRONEOUS)]


def add_histories() -> None:
    """Give every section's type its `history`. Done once, before the schema is made."""
    for kind, made in section_types().items():
        _add_history(SECTIONS[kind], made)


def _add_history(section: Section, made: Any) -> None:
    resolver = _versions_of_item(section.kind)
    gives = list[_version_type(section, made)] | None  # type: ignore[misc, valid-type]  # the type is made at run time
    text = "All versions of the item, newest first. Only an item that is read on a card has them; a version has none."
    field = described(text, resolver=resolver, gives=gives, callers=HISTORY_READERS)
    field.python_name, field.origin = HISTORY, made
    made.__strawberry_definition__.fields.append(field)


def _version_type(section: Section, content: Any) -> Any:
    declared = {member.name: member for member in declared_in(Provenance)}
    fields = {
        name: provenance_field(declared[fact], _of_provenance(fact)) for name, fact in PROVENANCE_OF_VERSION.items()
    }
    fields["changed_facts"] = described(
        "Paths of the facts that are not as in the version before, as far as the caller sees them.",
        resolver=_changed_facts, gives=list[str],
    )  # fmt: skip
    fields[CONTENT] = described("The item as it was.", resolver=_content, gives=content | None)
    name = f"{section.model.__name__}Version"
    text = f"One version of an item: {section.meaning} Norwegian: {section.norwegian}."
    return made_type(name, {}, fields, text)


def _versions_of_item(kind: str) -> Any:
    def versions(root: Any, include_erroneous: bool = False) -> Any:
        found: ItemHistory | None = root.get(HISTORY)
        if found is None:
            raise RecordRefusal("SECTION_FORBIDDEN", "The history of this item cannot be read here.")
        return found.versions(include_erroneous=include_erroneous)

    versions.__annotations__["include_erroneous"] = IncludeErroneous
    return versions


def _of_provenance(fact: str) -> Any:
    def resolve(root: Any) -> Any:
        version: Version = root
        return version.provenance.get(fact)

    return resolve


def _changed_facts(root: Any) -> Any:
    version: Version = root
    return list(version.changed_facts)


def _content(root: Any) -> Any:
    version: Version = root
    return version.content


@strawberry.type(description="One version of one item of the card, without what it says.")
class RecordHistoryEntry:
    at: datetime | None = described("When it was written.")
    by: AuthorType | None = described("Who wrote it.")
    section: str = described("The section of the card the item belongs to.")
    item_id: strawberry.ID | None = described("Which item.")
    version: int | None = described("Which version of the item.")
    what: ChangeKind = described("What was done.")
    changed_facts: list[str] = described("Paths of the facts that are not as before, as far as the caller sees them.")


@strawberry.type(description="An entry of the card's history with its place in the list.")
class RecordHistoryEdge:
    cursor: str = described("Where the entry stands; goes into `after`.")
    node: RecordHistoryEntry = described("The entry.")


@strawberry.type(description="A page of the card's history, newest first.")
class RecordHistoryConnection:
    edges: list[RecordHistoryEdge] = described("The entries of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


@strawberry.type(description="What happened to the card since the caller was last shown something of it.")
class NewSinceLastLook:
    since: datetime | None = described("When the caller last looked; null for never, and then all changes are new.")
    changes: list[CardChange] = described("What happened since, oldest first.")


def record_history(
    root: Any, first: First = PAGE_SIZE_DEFAULT, after: After = None, include_erroneous: IncludeErroneous = False
) -> Any:
    """A page of the versions of all items that the viewer may see something of."""
    card: OpenedCard = root
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    place = _place_of(after) if after is not None else None
    assert card.past is not None  # the plan has seen that it is asked for
    entries = [each for each in card.past.entries(include_erroneous=include_erroneous) if _is_older(each, place)]
    page = entries[:first]
    cursors = [_cursor_of(version) for version in page]
    return {
        "edges": [{"cursor": _cursor_of(version), "node": _entry(version)} for version in page],
        "page_info": {
            "has_next_page": len(entries) > first,
            "has_previous_page": after is not None,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


def _entry(version: Version) -> dict[str, Any]:
    provenance = version.provenance
    return {
        "at": provenance.get("last_updated_at"),
        "by": provenance.get("last_updated_by"),
        "section": camel(version.kind),
        "item_id": provenance.get("item_id"),
        "version": provenance.get("version"),
        "what": version.what,
        "changed_facts": list(version.changed_facts),
    }


def _is_older(version: Version, place: str | None) -> bool:
    return place is None or _text_of(version) < place


def _text_of(version: Version) -> str:
    """The version's place as a text that sorts as the place does."""
    at, kind, item_id, number = version.place
    return f"{at.timestamp():017.6f} {kind} {item_id} {number:03d}"


def _cursor_of(version: Version) -> str:
    return cursor_of(_text_of(version).encode())


def _place_of(cursor: str) -> str:
    with of_this_list():
        return read_cursor(cursor).decode()


def new_since_last_look(root: Any) -> Any:
    """What is new for this viewer; nothing is said of a closed card."""
    card: OpenedCard = root
    if card.news is None:
        return None
    last = card.news.last_look
    return {"since": last.at if last else None, "changes": [as_change(one, card.grant) for one in card.told_news]}


def record_fields() -> dict[str, Any]:
    """The fields of the card's type that tell of the past."""
    return {
        "record_history": described(
            "All versions of all items of the card, newest first; what changed, never the values.",
            resolver=record_history, gives=RecordHistoryConnection | None, callers=HISTORY_READERS,
        ),
        "new_since_last_look": described(
            "What is new since the caller was last shown something of this card; null for a closed card.",
            resolver=new_since_last_look, gives=NewSinceLastLook | None, callers=HISTORY_READERS,
        ),
    }  # fmt: skip
