"""Which role a professional has: her profession, the kind of unit she works at, and the purpose. Unknown means none."""

from collections.abc import Mapping
from typing import Final

from app.domain.viewer import CallerKind, Purpose, Role

GP_SERVICE: Final = "KX17"
"""The service of general practitioners, as an attest names it. Norwegian: fastlegetjenesten."""

_CARE_UNITS: Final = frozenset({"GP_OFFICE", "MUNICIPAL_HEALTH", "HOSPITAL", "EMERGENCY_CARE", "IMAGING"})

_ROLE_OF: Final[Mapping[tuple[str, str], Role]] = {
    ("LE", "GP_OFFICE"): Role.GP,
    ("JO", "MUNICIPAL_HEALTH"): Role.MIDWIFE,
    ("LE", "HOSPITAL"): Role.HOSPITAL,
    ("JO", "HOSPITAL"): Role.HOSPITAL,
    # The register has no code of its own for public-health nurses; she is a nurse in the municipal service.
    ("SP", "MUNICIPAL_HEALTH"): Role.PUBLIC_HEALTH_NURSE,
}

# Doctors and midwives who examine at an imaging unit are left out on purpose: at a hospital they are HOSPITAL, and
# what they are anywhere else has not been decided. `XX` means that the register does not know the profession.
_NOT_IMAGING_AND_OTHER: Final = frozenset({"LE", "JO", "XX"})

RIGHTS_OF: Final[Mapping[CallerKind, frozenset[str]]] = {
    CallerKind.CITIZEN: frozenset({"read", "write"}),
    CallerKind.REPRESENTATIVE: frozenset({"read"}),
    CallerKind.CLINICIAN: frozenset({"read", "write", "status"}),
    CallerKind.SECRETARY: frozenset({"read", "status"}),
    CallerKind.MACHINE: frozenset({"status"}),
    CallerKind.AUDITOR: frozenset({"audit"}),
    CallerKind.EVALUATOR: frozenset({"aggregate"}),
}
"""The rights a kind of caller can have at all; others in its token fall away, as roles never add up."""


def professional_role(
    authorization: str | None, unit_kind: str, purpose: Purpose, service: str | None = None
) -> Role | None:
    """The role of somebody with this Volven 9060 code (None: no licence) at a unit of this kind, or None.

    The kind of unit is what was enrolled, and decides. The attested service tells only what the kind leaves open:
    whether a municipality's doctor is a general practitioner.
    """
    if unit_kind not in _CARE_UNITS:
        return None
    if authorization is None:
        return Role.SECRETARY
    if authorization == "HE":
        return Role.HEALTH_SECRETARY
    if (authorization, unit_kind, service) == ("LE", "MUNICIPAL_HEALTH", GP_SERVICE):
        return Role.GP
    if (authorization, unit_kind) == ("LE", "EMERGENCY_CARE"):
        return Role.HOSPITAL if purpose is Purpose.ETREAT else None
    if unit_kind in ("HOSPITAL", "IMAGING"):
        return _ROLE_OF.get((authorization, unit_kind)) or _imaging_and_other(authorization)
    return _ROLE_OF.get((authorization, unit_kind))


def _imaging_and_other(authorization: str) -> Role | None:
    return None if authorization in _NOT_IMAGING_AND_OTHER else Role.IMAGING_AND_OTHER
