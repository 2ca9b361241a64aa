"""Who it was, for the ledger: of a caller who was let in, and of one of whom only the token is known."""

import re
from typing import Any, Final

from app.domain.viewer import Viewer
from app.identity.claims import Claims
from data.identity_numbers import PatientKeys

_HPR_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ORGANISATION_NUMBER: Final = re.compile(r"[0-9]{9}")


def caller_of(viewer: Viewer, keys: PatientKeys) -> dict[str, Any]:
    """What an entry says of its caller."""
    number, unit = viewer.national_identity_number, viewer.unit
    return {
        "role": viewer.role, "caller_kind": viewer.kind, "profession": viewer.profession,
        "actor_key": keys.key(number) if number else None, "actor_name": viewer.name, "hpr_number": viewer.hpr_number,
        "session_key": session_key(viewer.session_id, keys), "assurance": viewer.assurance,
        "organisation_number": unit.number if unit else None, "organisation_name": unit.name if unit else None,
        "parent_number": unit.parent_number if unit else None, "unit_kind": unit.kind if unit else None,
        "supplier_number": viewer.supplier_number,
        "department": viewer.department, "client_id": viewer.client_id, "client_name": viewer.client_name,
        "purpose": viewer.purpose, "purpose_details": viewer.purpose_details,
        "healthcare_service": viewer.healthcare_service, "decision_reference": viewer.decision_reference,
        "user_selected": viewer.user_selected, "stated_at": viewer.stated_at,
    }  # fmt: skip


def caller_in(claims: Claims, keys: PatientKeys) -> dict[str, Any]:
    """What a verified token says of who was not let in; numbers only where they are what they should be, since a
    misconfigured issuer may put anybody's identity number into any claim."""
    number, unit, parent = claims.national_identity_number, claims.organisation_child, claims.organisation_parent
    return {
        "actor_key": keys.key(number) if number else None, "actor_name": claims.name,
        "hpr_number": _if_it_is(_HPR_NUMBER, claims.hpr_number), "session_key": session_key(claims.session_id, keys),
        "organisation_number": _if_it_is(_ORGANISATION_NUMBER, unit),
        "parent_number": _if_it_is(_ORGANISATION_NUMBER, parent), **client_in(claims),
    }  # fmt: skip


def client_in(claims: Claims) -> dict[str, Any]:
    """The client alone: of a token whose sender has not shown that it is hers."""
    return {"client_id": claims.client_id, "client_name": claims.client_name}


def session_key(session_id: str | None, keys: PatientKeys) -> str | None:
    """A sign-in session, so that what was done in one can be put together and nothing more."""
    return keys.key(f"session {session_id}") if session_id else None


def _if_it_is(kind: re.Pattern[str], text: str | None) -> str | None:
    return text if text is not None and kind.fullmatch(text) else None
