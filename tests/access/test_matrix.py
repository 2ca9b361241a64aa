"""Every role × purpose × fact, found by asking the running API, kept in `matrix.txt` and reviewed like code.

    R  given            r  given without its more sensitive values
    P  withheld for the purpose that was stated           W  withheld from this role
    -  not in this kind of caller's schema                x  no card is opened for this role at all

`HELSEKORT_WRITE_MATRIX=1 pytest tests/access` writes the file anew.
"""

import os
from pathlib import Path
from typing import Any

from app.domain.card.sections import SECTIONS
from app.domain.policy import current_policy, declared_paths
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Role
from resolvers.views import CARD_TYPE, view_for
from tests.whole_card import selection
from tests.world import World

MATRIX = Path(__file__).with_name("matrix.txt")
PERSONA_OF = {
    Role.CITIZEN: "kari", Role.REPRESENTATIVE: "representative", Role.GP: "gp", Role.MIDWIFE: "midwife",
    Role.HOSPITAL: "hospital", Role.PUBLIC_HEALTH_NURSE: "nurse", Role.IMAGING_AND_OTHER: "imaging",
    Role.HEALTH_SECRETARY: "secretary", Role.SECRETARY: "clerk", Role.EHR_SYSTEM: "ehr", Role.AUDITOR: "auditor",
    Role.EVALUATOR: "evaluator",
}  # fmt: skip


def columns() -> list[tuple[Role, str | None, bool]]:
    """Role, purpose, and whether the caller's own unit follows the card (where that matters)."""
    policy = current_policy()
    return [
        (role, purpose, own_unit)
        for role in Role
        for purpose in policy.purposes_of(role)
        for own_unit in ((False, True) if policy.roles[role].matrix_at_own_unit else (False,))
    ]


async def test_the_matrix_is_what_the_running_api_answers(world: World) -> None:
    """A change of anybody's access shows as a change of this file."""
    table = [await _column(world, role, purpose, own_unit) for role, purpose, own_unit in columns()]
    text = _printed(table)
    if os.environ.get("HELSEKORT_WRITE_MATRIX"):
        MATRIX.write_text(text, encoding="utf-8")
    assert MATRIX.read_text(encoding="utf-8") == text


async def _column(world: World, role: Role, purpose: str | None, own_unit: bool) -> dict[str, str]:
    await world.add_whole_card(care_unit="310990000" if own_unit else "999999999", woman="kari")
    schema = view_for(CALLER_KIND_OF[role]).graphql
    if CARD_TYPE not in schema.type_map:
        return dict.fromkeys(declared_paths(), "-")
    selected = selection(schema, CARD_TYPE)
    own = CALLER_KIND_OF[role] in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)
    query = f"{{ card: myCard {{ {selected} }} }}" if own else (
        f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {selected} }} }}"
    )  # fmt: skip
    variables = {} if own else {"patient": world.number("kari")}
    body = (await world.ask(PERSONA_OF[role], query, purpose=purpose, **variables)).json()
    card = (body.get("data") or {}).get("card")
    if card is None:
        return dict.fromkeys(declared_paths(), "x")
    withheld = {entry["path"]: entry["reason"] for entry in card["withheld"]}
    return {path: _cell(path, card, withheld, schema) for path in declared_paths()}


def _cell(path: str, card: dict[str, Any], withheld: dict[str, str], schema: Any) -> str:
    if not _in_schema(path, schema):
        return "-"
    has_value = any(_values(section, path.split(".")[1:]) for section in _holding(path, card))
    if path in withheld:
        return "r" if has_value else {"ROLE": "W", "PURPOSE": "P"}[withheld[path]]
    assert has_value, f"{path} is neither given nor withheld"
    return "R"


def _holding(path: str, card: dict[str, Any]) -> list[Any]:
    name = path.split(".")[0]
    if name == "provenance":
        names = [section.graphql_name for section in SECTIONS.values()]
        items = [item for name in names for item in _as_list(card.get(name))]
        return [item["provenance"] for item in items if item and item.get("provenance")]
    return _as_list(card.get(name))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _values(value: Any, path: list[str]) -> bool:
    if isinstance(value, list):
        return any(_values(entry, path) for entry in value)
    if not path or value is None:
        return value is not None
    return _values(value.get(path[0]), path[1:])


def _in_schema(path: str, schema: Any) -> bool:
    from graphql import get_named_type

    parts = path.split(".")
    type_ = schema.get_type("Provenance") if parts[0] == "provenance" else schema.get_type(CARD_TYPE)
    for part in parts[1:] if parts[0] == "provenance" else parts:
        if type_ is None or part not in getattr(type_, "fields", {}):
            return False
        type_ = get_named_type(type_.fields[part].type)
    return True


def _printed(table: list[dict[str, str]]) -> str:
    names = [
        f"{role}{f' {purpose}' if purpose else ''}{' at own unit' if own else ''}" for role, purpose, own in columns()
    ]
    width = max(map(len, declared_paths()))
    key = [line.strip() for line in (__doc__ or "").splitlines()[2:5]]
    lines = [f"policy {current_policy().name}", "", *key, ""]
    lines += [f"{place + 1:>3}  {name}" for place, name in enumerate(names)]
    numbers = " ".join(f"{place + 1:>2}" for place in range(len(names)))
    lines += ["", f"{'':{width}}  {numbers}"]
    order = [
        path
        for section in SECTIONS.values()
        for path in sorted(declared_paths())
        if path.split(".")[0] == section.graphql_name
    ]
    order += [path for path in sorted(declared_paths()) if path.startswith("provenance.")]
    lines += [f"{path:{width}}  {' '.join(f'{column[path]:>2}' for column in table)}" for path in order]
    return "\n".join(line.rstrip() for line in lines) + "\n"
