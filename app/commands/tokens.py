"""Commands that make tokens and proofs, right ones and wrong ones: token, proof. For development only."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table

from app.commands import token_options as options
from app.development import TOKEN_LIFETIME_SECONDS, all_personas
from app.identity import claims
from app.identity.claims import GATEWAY
from app.identity.development_drafts import Change, Draft, NotThere, in_header, later, leaves_out, sets
from app.identity.development_faults import FAULTS, PROOF_FAULTS, Fault
from app.identity.development_forms import FORMS, Form, NotOfThisToken, UnknownName, identifier_of, named
from app.identity.development_issuer import DevelopmentIssuer, bound_to
from app.identity.development_proofs import ProofKey
from app.identity.personas import Persona, PurposeNotGiven, UnknownPersona, find_persona
from app.services import system_clock
from app.settings import Settings
from data.synthetic.cast import CAST

MISTAKE: Final = 2
"""The exit code when what was asked for cannot be made."""

WIDE: Final = 160

_LEVELS_OF_CITIZENS: Final = {
    "4": "idporten-loa-high", "high": "idporten-loa-high",
    "3": "idporten-loa-substantial", "substantial": "idporten-loa-substantial",
}  # fmt: skip


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    for command in (token, proof):
        cli.command()(command)


def token(
    persona: options.PersonaName = None, purpose: options.PurposeGiven = None, level: options.Level = None,
    scope: options.Scopes = None, by_hand: options.ByHand = True, decision: options.Decision = None,
    attest_age: options.AttestAge = None, detail: options.Detail = None, service: options.Service = None,
    patient: options.Patient = None, client_id: options.ClientId = None,
    form: options.Forms = None, forms: options.ListForms = False, dpop: options.Bound = False,
    fault: options.Faults = None, faults: options.ListFaults = False, expired: options.Expired = False,
    not_yet_valid: options.NotYetValid = False, lifetime: options.Lifetime = TOKEN_LIFETIME_SECONDS,
    audience: options.Audience = None, issuer: options.Issuer = None, type_named: options.TypeNamed = None,
    algorithm: options.Algorithm = None, broken_signature: options.BrokenSignature = False,
    wrong_key: options.WrongKey = False, without: options.Without = None, claim: options.Claims = None,
    decoded: options.Decoded = False, header: options.Header = False, list_all: options.ListPersonas = False,
) -> None:  # fmt: skip
    """Print a token for a persona, signed by the development issuer: a right one, or one with faults of your choice."""
    if forms or faults:
        _list_named(FORMS.values() if forms else FAULTS.values())
        return
    if list_all or persona is None:
        _list_personas()
        return
    settings, found = _development(), persona_named(persona)
    wanted = [*(fault or ()), *_flagged({
        "expired": expired, "not-yet-valid": not_yet_valid, "broken-signature": broken_signature,
        "wrong-key": wrong_key, f"algorithm-{str(algorithm).lower()}": algorithm is not None,
    })]  # fmt: skip
    said = {
        "aud": audience, "iss": issuer, "client_id": client_id,
        "scope": [f"{GATEWAY}/{right}" for right in scope] if scope else None,
        "attest.care_relationship.decision_ref.id": decision,
        "attest.care_relationship.purpose_of_use_details.code": detail,
    }  # fmt: skip
    try:
        draft = DevelopmentIssuer(settings.data_dir).draft(
            found, now=system_clock(), purpose=found.purpose_for(purpose), lifetime_seconds=lifetime, by_hand=by_hand
        )
        key = ProofKey.load_or_create(settings.data_dir) if dpop else None
        draft.changed(
            *([bound_to(key.thumbprint)] if key else ()), *_level(level, draft), *_said(said), *_service(service),
            *_attested(attest_age, patient), *_type(type_named), *named(FAULTS, wanted), *_claims(claim, without),
            *named(FORMS, form or ()),
        )  # fmt: skip
    except (PurposeNotGiven, UnknownName, NotOfThisToken, NotThere) as error:
        raise mistake(str(error)) from error
    if header:
        _print_headers(draft.signed(), key, settings)
    else:
        _print(draft, decoded)


def proof(
    token: options.Token = None, method: options.Method = "POST", url: options.Url = None,
    nonce: options.Nonce = None, id_: options.Id = None,
    fault: options.Faults = None, faults: options.ListFaults = False, age: options.Age = 0,
    type_named: options.TypeNamed = None, broken_signature: options.BrokenSignature = False,
    wrong_key: options.WrongKey = False, private_key_inside: options.PrivateKeyInside = False,
    symmetric: options.Symmetric = False, without: options.ProofWithout = None, claim: options.Claims = None,
    decoded: options.Decoded = False, header: options.Header = False,
) -> None:  # fmt: skip
    """Print a proof of possession (DPoP) for one request, made with the proof key in the data folder."""
    if faults:
        _list_named(PROOF_FAULTS.values())
        return
    settings = _development()
    wanted = [*(fault or ()), *_flagged({
        "broken-signature": broken_signature, "wrong-key": wrong_key, "private-key-inside": private_key_inside,
        "symmetric": symmetric,
    })]  # fmt: skip
    key = ProofKey.load_or_create(settings.data_dir)
    draft = key.draft(method, url or settings.graphql_url, token, system_clock())
    try:
        draft.changed(
            later("iat", -age), *_said({"nonce": nonce, "jti": id_}), *_type(type_named),
            *named(PROOF_FAULTS, wanted), *_claims(claim, without),
        )  # fmt: skip
    except (UnknownName, NotOfThisToken, NotThere) as error:
        raise mistake(str(error)) from error
    if header:
        typer.echo("\n".join([*([f"Authorization: DPoP {token}"] if token else ()), f"DPoP: {draft.signed()}"]))
    else:
        _print(draft, decoded)


def persona_named(name: str) -> Persona:
    """The persona, or the end of the command."""
    try:
        return find_persona(all_personas(), name)
    except UnknownPersona as error:
        raise mistake(str(error)) from error


def mistake(message: str) -> typer.Exit:
    """The end of a command that was asked for what cannot be."""
    typer.echo(message, err=True)
    return typer.Exit(MISTAKE)


def _development() -> Settings:
    settings = Settings()
    if not settings.is_development:
        raise mistake("Tokens for personas exist in the development profile only.")
    return settings


def _flagged(flags: Mapping[str, bool]) -> Iterator[str]:
    return (name for name, is_wanted in flags.items() if is_wanted)


def _said(values: Mapping[str, Any]) -> Iterator[Change]:
    return (sets(path, value) for path, value in values.items() if value is not None)


def _type(named_type: str | None) -> Iterator[Change]:
    if named_type is not None:
        yield in_header("typ", named_type)


def _level(level: str | None, draft: Draft) -> Iterator[Change]:
    if level is None:
        return
    if claims.ACR in draft.payload:
        yield sets(claims.ACR, _LEVELS_OF_CITIZENS.get(level, level))
    else:
        yield sets(claims.SECURITY_LEVEL, level)


def _service(code: str | None) -> Iterator[Change]:
    if code is not None:
        yield FORMS["attest-service"]
        yield sets("attest.care_relationship.healthcare_service.code", code)


def _attested(age_minutes: int | None, patient: str | None) -> Iterator[Change]:
    if age_minutes is not None:
        yield later("attest.attestation.toa", -60 * age_minutes)
    if patient is not None:
        number = patient if patient.isdigit() else persona_named(patient).patient_number
        yield sets("attest.patients", [{"identifier": identifier_of(number)}] if number else [])


def _claims(said: Iterable[str] | None, left_out: Iterable[str] | None) -> Iterator[Change]:
    for each in said or ():
        name, _, text = each.partition("=")
        try:
            yield sets(name, json.loads(text))
        except ValueError as error:
            raise mistake(f"--claim {name}: what follows = is not JSON; a text stands in quotes.") from error
    for name in left_out or ():
        yield leaves_out(name)


def _print(draft: Draft, decoded: bool) -> None:
    if decoded:
        said = {"header": draft.header, "payload": draft.payload, "signed": draft.signature.value}
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        typer.echo(draft.signed())


def _print_headers(made: str, key: ProofKey | None, settings: Settings) -> None:
    """The lines to send it with; beside a token that is bound to a key stands a proof for this gateway."""
    typer.echo(f"Authorization: {'DPoP' if key else 'Bearer'} {made}")
    if key is not None:
        typer.echo(f"DPoP: {key.proof('POST', settings.graphql_url, made, system_clock())}")


def _list_personas() -> None:
    table, stories = Table("persona", "who", "role", "unit", "patient"), {woman.slug: woman.story for woman in CAST}
    for persona in all_personas().values():
        unit = persona.unit.name if persona.unit else ""
        story = stories.get(persona.name, persona.title)
        who = f"{persona.full_name}: {story}" if persona.full_name else story
        table.add_row(persona.name, who, persona.role.value, unit, persona.patient_number or "")
    _show(table)


def _list_named(listed: Iterable[Form]) -> None:
    table = Table("name", "what it is", "for whom", "what the gateway says")
    for one in listed:
        said = " ".join(str(part) for part in one.refusal if part) if isinstance(one, Fault) else "the same as without"
        table.add_row(one.name, one.what, one.whose.words, said)
    _show(table)


def _show(table: Table) -> None:
    Console(width=None if Console().is_terminal else WIDE).print(table)
