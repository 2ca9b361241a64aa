"""The options of the commands that make tokens and proofs, in the panels that `--help` shows them in."""

from typing import Annotated, Any, Literal

import typer

from app.domain.viewer import Purpose

_WHO, _FORM, _WRONG, _SHOWN = "Who asks, and why", "In which form", "What is wrong with it", "What is printed"

CLAIM_NAME = "A claim by its name or the last part of it, and what is inside by dots: attest.attestation.toa."


def _option(panel: str, text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel, show_default=False, **more)


PersonaName = Annotated[str | None, typer.Argument(help="Name of a persona; --list shows them.", show_default=False)]
PurposeGiven = Annotated[Purpose | None, _option(_WHO, "Why the professional looks.")]
Level = Annotated[
    str | None, _option(_WHO, "Level of the sign-in: 4, 3 or 2; a citizen's is high (4) or substantial (3).")
]
Scopes = Annotated[list[str] | None, _option(_WHO, "A right in the scope, such as read; repeat for more.", "--scope")]
ByHand = Annotated[
    bool, typer.Option("--by-hand/--not-by-hand", help="She picked the patient herself.", rich_help_panel=_WHO)
]
Decision = Annotated[str | None, _option(_WHO, "Id of the local decision that the attest rests on.")]
AttestAge = Annotated[int | None, _option(_WHO, "Minutes since the attest was made.")]
Detail = Annotated[str | None, _option(_WHO, "Details of the purpose, such as POLBESOK or EGENLAER.")]
Service = Annotated[str | None, _option(_WHO, "The healthcare service, such as KX17.")]
Patient = Annotated[str | None, _option(_WHO, "The attest is for this woman: identity number, or her name in --list.")]
ClientId = Annotated[str | None, _option(_WHO, "The client that asked for the token.")]

Forms = Annotated[list[str] | None, _option(_FORM, "One of the forms in --forms; repeat for more.", "--form")]
ListForms = Annotated[bool, _option(_FORM, "List the forms.", "--forms")]
Bound = Annotated[bool, _option(_FORM, "Bind it to the proof key in the data folder, made at first use.", "--dpop")]

Faults = Annotated[list[str] | None, _option(_WRONG, "One of the faults in --faults; repeat for more.", "--fault")]
ListFaults = Annotated[bool, _option(_WRONG, "List the faults, with the refusal each gets.", "--faults")]
Expired = Annotated[bool, _option(_WRONG, "Expired a minute ago.", "--expired")]
NotYetValid = Annotated[bool, _option(_WRONG, "Valid in a minute.", "--not-yet-valid")]
Lifetime = Annotated[
    int,
    typer.Option(help="Seconds until it expires; negative: long past.", rich_help_panel=_WRONG, show_default=True),
]
Audience = Annotated[str | None, _option(_WRONG, "Whom it is meant for.")]
Issuer = Annotated[str | None, _option(_WRONG, "Who it says has made it.")]
TypeNamed = Annotated[str | None, _option(_WRONG, "The type in its header.", "--type")]
Algorithm = Annotated[Literal["none", "HS256"] | None, _option(_WRONG, "Unsigned, or signed with the public key.")]
BrokenSignature = Annotated[bool, _option(_WRONG, "The signature is not right.", "--broken-signature")]
WrongKey = Annotated[bool, _option(_WRONG, "Made with another key.", "--wrong-key")]
Without = Annotated[list[str] | None, _option(_WRONG, f"Leave this out. {CLAIM_NAME}", "--without", metavar="NAME")]
Claims = Annotated[
    list[str] | None, _option(_WRONG, "Say this; NAME as for --without.", "--claim", metavar="NAME=JSON")
]

Decoded = Annotated[bool, _option(_SHOWN, "What it says, as JSON.", "--json")]
Header = Annotated[bool, _option(_SHOWN, "Header lines for curl: `… --header | curl -H @- …`.", "--header")]
ListPersonas = Annotated[bool, _option(_SHOWN, "List the personas.", "--list")]

Token = Annotated[str | None, typer.Argument(help="The token it goes with; none for a token endpoint.")]
Method = Annotated[str, _option(_WHO, "Method of the request.")]
Url = Annotated[str | None, _option(_WHO, "Address of the request; default: this gateway's /graphql.")]
Nonce = Annotated[str | None, _option(_WHO, "The nonce that the server wants.")]
Id = Annotated[str | None, _option(_WHO, "Its `jti`.", "--id")]
ProofWithout = Annotated[
    list[str] | None, _option(_WRONG, "Leave this out, such as htu or jwk.", "--without", metavar="NAME")
]
Age = Annotated[int, _option(_WRONG, "Seconds since it was made; negative: in the future.")]
PrivateKeyInside = Annotated[bool, _option(_WRONG, "Shows its private key.", "--private-key-inside")]
Symmetric = Annotated[bool, _option(_WRONG, "Signed with a secret.", "--symmetric")]
