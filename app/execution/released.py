"""What an answer really gave: the facts with a value in it. Read from the answer, not from the question."""

from typing import Any, Final

from app.execution.plan import Plan, RootField

EARLIER_CARDS: Final = "earlierCards"


def released_facts(plan: Plan, data: dict[str, Any] | None) -> tuple[str, ...]:
    """Paths of the facts that have a value in the answer, and of the other things shown about the patient.

    Facts of earlier pregnancies' cards stand under `earlierCards`, so that opening the past shows for itself.
    """
    if data is None:
        return ()
    found = {path for root in plan.root_fields if root.is_card for path in _of_card(plan, root, data)}
    others = (root for root in plan.root_fields if not root.is_card and root.name != "me")
    found |= {root.name for root in others if data.get(root.response_key) is not None}
    return tuple(sorted(found))


def _of_card(plan: Plan, root: RootField, data: dict[str, Any]) -> list[str]:
    prefix = f"{EARLIER_CARDS}." if root.name == EARLIER_CARDS else ""
    selection = plan.selection[root.response_key]
    selected = {**selection.fact_paths, **selection.others}
    return [prefix + path for path, places in selected.items() if any(_has_value(data, place) for place in places)]


def _has_value(value: Any, path: tuple[str, ...]) -> bool:
    """Whether there is anything at a response path, in any item of the lists on the way."""
    for place, key in enumerate(path):
        if isinstance(value, list):
            return any(_has_value(item, path[place:]) for item in value)
        if value is None:
            return False
        value = value.get(key)
    return value is not None
