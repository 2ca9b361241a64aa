"""Writing over HTTP in tests: documents for every command, made from the declarations, and inputs from contents."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from app.domain.card.declaration import Content, Section, camel, declared_in
from app.domain.card.sections import SECTIONS
from app.domain.viewer import CallerKind
from resolvers.results import WRITTEN_SECTIONS, pascal
from resolvers.views import view_for
from tests.whole_card import selection
from tests.world import World

_numbers = count(1)


def new_key() -> str:
    return f"key-{next(_numbers)}"


def as_input(model: type[Content], content: Mapping[str, Any]) -> dict[str, Any]:
    """A content by Python names as the GraphQL input of the same."""
    named = {member.name: member for member in declared_in(model)}
    return {camel(name): _value(named[name].shape.content, value) for name, value in content.items()}


def _value(model: type[Content] | None, value: Any) -> Any:
    if isinstance(value, list):
        return [_value(model, entry) for entry in value]
    if model is not None and isinstance(value, Mapping):
        return as_input(model, value)
    if isinstance(value, Mapping):
        return {camel(name): part for name, part in value.items()}
    return value


def section_of(noun: str) -> Section:
    return next(section for section in WRITTEN_SECTIONS if section.noun == noun)


PROVENANCE = (
    "provenance { itemId version enteredInError lastUpdatedAt lastUpdatedBy { name userType organisationNumber } }"
)


def document(command: str, section: Section, *, kind: CallerKind = CallerKind.CLINICIAN) -> str:
    """The document of a command on a section; everything that can come back is selected."""
    is_new, is_error = command == "record", command == "mark"
    name = f"mark{pascal(section.noun)}InError" if is_error else f"{command}{pascal(section.noun)}"
    model = section.model.__name__
    declared = {"$patient": "NationalIdentityNumber!"} if kind is CallerKind.CLINICIAN else {}
    if section.repeated and not is_new:
        declared["$itemId"] = "ID!"
    if not is_new:
        declared["$expectedVersion"] = "Int!"
    if not is_error:
        declared["$content"] = f"{model}Input!"
    declared["$key"] = "String!"
    along = section.kind == "antenatal_visits" and is_new
    if along:
        declared["$also"] = "SymphysisFundalHeightInput"
    given = {"$content": camel(section.noun), "$also": "fundalHeight", "$key": "idempotencyKey"}
    arguments = ", ".join(f"{given.get(variable, variable[1:])}: {variable}" for variable in declared)
    whole = selection(view_for(kind).graphql, model)
    also = f"fundalHeight {{ measuredOn gestationalAgeWeeks symphysisFundalHeightCm {PROVENANCE} }}" if along else ""
    return f"""mutation({", ".join(f"{variable}: {type_}" for variable, type_ in declared.items())}) {{
      written: {name}({arguments}) {{ __typename
        ... on {pascal(section.noun)}Recorded {{ recordId recordVersion warnings {{ path code english norwegian }}
          item: {camel(section.noun)} {{ {whole} }} {also} }}
        ... on VersionConflict {{ expectedVersion currentVersion changedAt changedBy {{ name }}
          current {{ __typename ... on {model} {{ {whole} }} }} }}
        ... on InvalidInput {{ problems {{ path code english norwegian }} }} }} }}"""


async def write(world: World, persona: str, command: str, noun: str, **variables: Any) -> dict[str, Any]:
    """Send a command; gives what it answered. `content` is by Python names."""
    body = await write_body(world, persona, command, noun, **variables)
    assert "errors" not in body, body["errors"]
    written: dict[str, Any] = body["data"]["written"]
    return written


async def write_body(world: World, persona: str, command: str, noun: str, **variables: Any) -> dict[str, Any]:
    """The same with the whole answer."""
    section, purpose = section_of(noun), variables.pop("purpose", None)
    is_citizen = "patient" not in variables
    kind = CallerKind.CITIZEN if is_citizen else CallerKind.CLINICIAN
    if "content" in variables:
        variables["content"] = as_input(section.model, variables["content"])
    if variables.get("also"):
        variables["also"] = as_input(SECTIONS["symphysis_fundal_heights"].model, variables["also"])
    variables.setdefault("key", new_key())
    response = await world.ask(persona, document(command, section, kind=kind), purpose=purpose, **variables)
    body: dict[str, Any] = response.json()
    return body


OPEN = """mutation($patient: NationalIdentityNumber!, $key: String!) { written: openCard(patient: $patient, idempotencyKey: $key) {
  __typename ... on CardWritten { recordId recordVersion status } ... on InvalidInput { problems { code } } } }"""
DELIVERED = """mutation($patient: NationalIdentityNumber!, $version: Int!, $at: DateTime!, $key: String!) {
  written: closeCardAsDelivered(patient: $patient, expectedVersion: $version, deliveredAt: $at, liveBirth: true, idempotencyKey: $key) {
  __typename ... on CardWritten { recordVersion status } ... on VersionConflict { currentVersion current { __typename } }
  ... on InvalidInput { problems { code path } } } }"""
TERMINATED = """mutation($patient: NationalIdentityNumber!, $version: Int!, $at: DateTime!, $key: String!) {
  written: closeCardAsTerminated(patient: $patient, expectedVersion: $version, terminatedAt: $at, idempotencyKey: $key) {
  __typename ... on CardWritten { recordVersion status } ... on VersionConflict { currentVersion }
  ... on InvalidInput { problems { code path } } } }"""


async def new_card(world: World, persona: str = "midwife") -> str:
    """The number of a woman who has just consented and been given an empty card."""
    await world.data("randi", "mutation { giveConsent { given } }")
    number = world.number("randi")
    await world.data(persona, OPEN, patient=number, key=new_key())
    return number
