"""Organisations that do not exist, and the people who work in them.

Organisation numbers are from the range for synthetic organisations with a right check digit. Identity numbers belong
to nobody: their month is raised by 80. HPR numbers are from a range not handed out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.viewer import Organisation

MUNICIPALITY_NUMBER: Final = "310990035"
HOSPITAL_TRUST_NUMBER: Final = "310990043"

GP_OFFICE: Final = Organisation("310990000", "Testby legesenter", "GP_OFFICE", "310990000")
MIDWIFE_SERVICE: Final = Organisation(
    "310990019", "Testby kommune, jordmortjenesten", "MUNICIPAL_HEALTH", MUNICIPALITY_NUMBER
)
HOSPITAL: Final = Organisation("310990027", "Testby sykehus", "HOSPITAL", HOSPITAL_TRUST_NUMBER)
OTHER_GP_OFFICE: Final = Organisation("310990051", "Nabobygda legekontor", "GP_OFFICE", "310990051")
HEALTH_STATION: Final = Organisation(
    "310990078", "Testby kommune, helsestasjonen", "MUNICIPAL_HEALTH", MUNICIPALITY_NUMBER
)
EMERGENCY_CLINIC: Final = Organisation("310990086", "Testby legevakt", "EMERGENCY_CARE", MUNICIPALITY_NUMBER)
IMAGING_UNIT: Final = Organisation("310990094", "Testby røntgen", "IMAGING", "310990094")
VENDOR: Final = Organisation("310990108", "Testjournal AS", "VENDOR", "310990108")
OTHER_HOSPITAL: Final = Organisation("310990132", "Fjernby sykehus", "HOSPITAL", "310990140")
OVERSIGHT: Final = Organisation("310990116", "Testtilsynet", "OVERSIGHT", "310990116")

ORGANISATIONS: Final[tuple[Organisation, ...]] = (
    GP_OFFICE,
    MIDWIFE_SERVICE,
    HOSPITAL,
    OTHER_GP_OFFICE,
    OTHER_HOSPITAL,
    HEALTH_STATION,
    EMERGENCY_CLINIC,
    IMAGING_UNIT,
    VENDOR,
    OVERSIGHT,
)
"""The organisations enrolled in the trial."""

NOT_ENROLLED: Final = Organisation("310990124", "Utenfor legekontor", "GP_OFFICE", "310990124")
"""An organisation like the others that does not take part."""


@dataclass(frozen=True, slots=True)
class Professional:
    """Somebody who works at a unit. `profession` is a Volven 9060 code; without a licence both it and HPR are None."""

    name: str
    national_identity_number: str
    unit: Organisation
    profession: str | None = None
    hpr_number: str | None = None


STAFF: Final[Mapping[str, Professional]] = {
    "gp": Professional("Prøvesen, Lege", "14837541051", GP_OFFICE, "LE", "999900018"),
    "midwife": Professional("Modell, Jordmor", "02918241984", MIDWIFE_SERVICE, "JO", "999900026"),
    "hospital-midwife": Professional("Vaktsen, Jordmor", "27868842046", HOSPITAL, "JO", "999900034"),
    "hospital": Professional("Fødesen, Lege", "09817941130", HOSPITAL, "LE", "999900042"),
    "nurse": Professional("Stasjonsen, Sykepleier", "19898442201", HEALTH_STATION, "SP", "999900050"),
    "imaging": Professional("Bildesen, Radiograf", "30849142409", IMAGING_UNIT, "RA", "999900069"),
    "secretary": Professional("Timebok, Helsesekretær", "05927042624", GP_OFFICE, "HE", "999900077"),
    "clerk": Professional("Skranke, Kontor", "21826840851", GP_OFFICE),
    "stranger": Professional("Ukjentsen, Lege", "11877741399", OTHER_GP_OFFICE, "LE", "999900085"),
    "other-hospital": Professional("Fjernsen, Lege", "18867941122", OTHER_HOSPITAL, "LE", "999900100"),
    "emergency": Professional("Vaktlege, Prøve", "04918430119", EMERGENCY_CLINIC, "LE", "999900119"),
    "not-enrolled": Professional("Utenforsen, Lege", "23909542820", NOT_ENROLLED, "LE", "999900093"),
    "auditor": Professional("Tilsynsen, Revisor", "16856640128", OVERSIGHT),
    "evaluator": Professional("Tallsen, Evaluator", "08887340685", OVERSIGHT),
}
"""By short name. The cast's own GPs and midwives are named by these keys."""
