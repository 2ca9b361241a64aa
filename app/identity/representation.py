"""Who signed in as a citizen, and whom she acts for. If the two cannot be told apart, nobody gets in.

The trap is Helsenorge's `pid`: it is the person *represented*. Read as the person signed in, a representative would be
taken for the woman herself, and the log would name the wrong one.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from app.domain.errors import TransportRefusal
from app.domain.viewer import Role
from app.identity.claims import Claims, IssuerKind
from app.identity.refusals import actor_not_permitted

SELF: Final = "SELF"
POWER_OF_ATTORNEY: Final = "FULLMAKT"

_NUMBER: Final = re.compile(r"[0-9]{11}")


@dataclass(frozen=True, slots=True, repr=False)
class Representation:
    """The person signed in and the person she acts for: the same one unless the role is REPRESENTATIVE."""

    role: Role
    actor_number: str
    subject_number: str


def representation_of(claims: Claims) -> Representation:
    """Who is who in a citizen's token. Only a power of attorney can make a representative.

    Parents, guardians and case workers are turned away whatever the woman's age: a pregnancy, its cause and its end
    are the very things the law lets a minor keep from her parents.
    """
    number = claims.national_identity_number
    if number is None:
        raise actor_not_permitted("PID_MISSING")
    kind, actor_number, subject_number = _parties(claims, number)
    if kind == SELF:
        return Representation(Role.CITIZEN, actor_number, subject_number)
    if kind == POWER_OF_ATTORNEY:
        return Representation(Role.REPRESENTATIVE, actor_number, subject_number)
    raise representation_not_supported()


def representation_not_supported() -> TransportRefusal:
    return TransportRefusal(403, "REPRESENTATION_NOT_SUPPORTED", "A card cannot be opened on behalf of somebody else.")


def _parties(claims: Claims, number: str) -> tuple[str, str, str]:
    if claims.representation is None and claims.issuer_kind is IssuerKind.ID_PORTEN:
        return SELF, number, number
    kind, actor_number, subject_number = _stated(claims.representation)
    signed_in_as = subject_number if claims.issuer_kind is IssuerKind.HELSENORGE else actor_number
    if number != signed_in_as or (kind == SELF) != (actor_number == subject_number):
        raise _unknown()
    return kind, actor_number, subject_number


def _stated(representation: Any) -> tuple[str, str, str]:
    if not isinstance(representation, dict):
        raise _unknown()
    kind = representation.get("type")
    if not isinstance(kind, str):
        raise _unknown()
    return kind, _number(representation.get("actor")), _number(representation.get("subject"))


def _number(value: Any) -> str:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise _unknown()
    return value


def _unknown() -> TransportRefusal:
    return TransportRefusal(403, "REPRESENTATION_UNKNOWN", "It is not clear who is signed in and whose card is meant.")
