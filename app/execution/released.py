"""What an answer really gave: the facts with a value in it. Read from the answer, not from the question."""

from typing import Any

from app.execution.plan import Plan


def released_facts(plan: Plan, data: dict[str, Any] | None) -> tuple[str, ...]:
    """Paths of the facts that have a value in the answer, and of the other things shown about the patient."""
    if data is None:
        return ()
    found = {
        fact_path
        for selection in plan.selection.values()
        for fact_path, response_paths in selection.fact_paths.items()
        if any(_has_value(data, response_path) for response_path in response_paths)
    }
    others = (root for root in plan.root_fields if not root.is_card and root.name != "me")
    found |= {root.name for root in others if data.get(root.response_key) is not None}
    return tuple(sorted(found))


def _has_value(value: Any, path: tuple[str, ...]) -> bool:
    """Whether there is anything at a response path, in any item of the lists on the way."""
    for place, key in enumerate(path):
        if isinstance(value, list):
            return any(_has_value(item, path[place:]) for item in value)
        if value is None:
            return False
        value = value.get(key)
    return value is not None
