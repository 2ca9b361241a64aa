"""What an answer really gave: the facts with a value in it. Read from the answer, not from the question."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from app.domain.card.declaration import SECTIONS, camel
from app.domain.commands import Recorded
from app.domain.history import HISTORY
from app.domain.policy import PROVENANCE
from app.execution.plan import Plan, RootField
from resolvers.commands import COMMANDS
from resolvers.context import Places

NOTHING_KNOWN: Final[Mapping[str, Collection[str]]] = {}
EARLIER_CARDS: Final = "earlierCards"
NOTHING_OF_HERS: Final = frozenset({"me", *COMMANDS})
"""Root fields that by themselves show nothing of a patient; what commands show are facts of their items."""


def released_facts(
    plan: Plan, data: dict[str, Any] | None, known: Mapping[str, Collection[str]] = NOTHING_KNOWN
) -> tuple[str, ...]:
    """Paths of the facts that have a value in the answer, and of the other things shown about the patient. `known`: by
    response key, what is known already of what stands there.

    Facts of earlier pregnancies' cards stand under `earlierCards`, those of earlier versions under `history`, so that
    opening the past shows for itself.
    """
    if data is None:
        return ()
    found: set[str] = set()
    for root in plan.root_fields:
        if root.response_key in known:
            found.update(known[root.response_key])
        elif root.response_key in plan.selection:
            found.update(_of(plan, root, data))
    others = (root for root in plan.root_fields if not root.is_card and root.name not in NOTHING_OF_HERS)
    found |= {root.name for root in others if data.get(root.response_key) is not None}
    return tuple(sorted(found))


def released_of_written(plan: Plan, recorded: Recorded) -> tuple[str, ...]:
    """Paths of the facts that the answer to a command will show of the items it wrote."""
    asked = {path for selection in plan.selection.values() for path in selection.fact_paths}
    return tuple(sorted(path for path in asked if any(_stands_in(path, *item) for item in recorded.items.values())))


def _stands_in(path: str, kind: str, document: Mapping[str, Any] | None) -> bool:
    section, *below = path.split(".")
    own = below if section == SECTIONS[kind].graphql_name else [section, *below] if section == PROVENANCE else None
    return own is not None and _has_fact(document, own)


def _has_fact(value: Any, path: list[str]) -> bool:
    """The same as `_has_value`, of a document by Python names."""
    if isinstance(value, list):
        return any(_has_fact(entry, path) for entry in value)
    if not path or value is None:
        return value is not None
    return any(_has_fact(inner, path[1:]) for name, inner in value.items() if camel(name) == path[0])


def _of(plan: Plan, root: RootField, data: dict[str, Any]) -> list[str]:
    prefix = f"{EARLIER_CARDS}." if root.name == EARLIER_CARDS else ""
    selected = plan.selection[root.response_key]
    present = [path for path, places in selected.fact_paths.items() if _anywhere(data, places)]
    past = [f"{HISTORY}.{path}" for path, places in selected.past_paths.items() if _anywhere(data, places)]
    told = [name for name, places in selected.told.items() if _anywhere(data, places)]
    return [prefix + path for path in (*present, *past, *told)]


def _anywhere(data: dict[str, Any], places: Places) -> bool:
    return any(_has_value(data, place) for place in places)


def _has_value(value: Any, path: tuple[str, ...]) -> bool:
    """Whether there is anything at a response path, in any item of the lists on the way."""
    for place, key in enumerate(path):
        if isinstance(value, list):
            return any(_has_value(item, path[place:]) for item in value)
        if value is None:
            return False
        value = value.get(key)
    return value is not None
