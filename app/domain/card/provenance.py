"""Provenance: which version of an item this is, and who wrote it when. Every item of every section carries one."""

from app.domain.card.declaration import TEXT_MAX_LENGTH, Content, Mark, Section, Sensitivity, fact
from app.domain.card.values import Instant

ADMINISTRATIVE, PERSONAL = Sensitivity.ADMINISTRATIVE, Sensitivity.PERSONAL


class Author(Content):
    """Who wrote a version: the person, in which profession, at which organisation."""

    user_type: str | None = fact(
        "Kind of user", "Brukertype", "What kind of user wrote this, such as HEALTH_CARE_PROFESSIONAL.",
        "Om det var helsepersonell eller noen andre som skrev.",
        PERSONAL, wire="userType", max_length=64, mark=Mark.OFFICIAL,
    )  # fmt: skip
    organisation_number: str | None = fact(
        "Organisation number", "Organisasjonsnummer",
        "The number of the point of care; not always nine digits in the national service's answers.",
        "Nummeret arbeidsstedet er registrert med.",
        PERSONAL, wire="orgNr", max_length=32, mark=Mark.OFFICIAL,
    )  # fmt: skip
    organisation_name: str | None = fact(
        "Organisation", "Organisasjon", "The name of the organisation.", "Stedet den som skrev, jobber.",
        PERSONAL, wire="orgName", max_length=TEXT_MAX_LENGTH, mark=Mark.OFFICIAL,
    )  # fmt: skip
    treatment_facility_name: str | None = fact(
        "Treatment facility", "Behandlingssted", "The name of the place of treatment.", "Stedet du fikk hjelp.",
        PERSONAL, wire="treatmentFacilityName", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
    hpr_number: str | None = fact(
        "HPR number", "HPR-nummer", "The writer's number in the register of health personnel.",
        "Nummeret den som skrev, er registrert med.",
        PERSONAL, wire="hprNr", max_length=32, mark=Mark.OFFICIAL,
    )  # fmt: skip
    profession: str | None = fact(
        "Profession", "Helsepersonellkategori", "The writer's profession, a code of Volven 9060 such as JO or LE.",
        "Yrket til den som skrev, for eksempel jordmor eller lege.",
        PERSONAL, wire="hprRole", max_length=16, mark=Mark.OFFICIAL,
    )  # fmt: skip
    name: str | None = fact(
        "Name", "Navn", "The writer's name.", "Navnet på den som skrev.",
        PERSONAL, wire="name", max_length=TEXT_MAX_LENGTH, mark=Mark.OFFICIAL,
    )  # fmt: skip


class Provenance(Content):
    """Which version this is, and who wrote it when."""

    item_id: str | None = fact(
        "Item id", "Id", "Identifies the item; the same in all its versions.", "Et nummer som bare dette punktet har.",
        ADMINISTRATIVE, wire="id", max_length=64, mark=Mark.OFFICIAL,
    )  # fmt: skip
    version: int | None = fact(
        "Version", "Versjon", "Which version of the item this is, from 1 to 255.",
        "Hvor mange ganger dette er skrevet eller endret.",
        ADMINISTRATIVE, wire="version", minimum=1, maximum=255, mark=Mark.OFFICIAL,
    )  # fmt: skip
    last_updated_at: Instant | None = fact(
        "Last updated", "Sist oppdatert", "When this version was written.", "Når dette sist ble endret.",
        ADMINISTRATIVE, wire="lastUpdated", mark=Mark.OFFICIAL,
    )  # fmt: skip
    entered_in_error: bool | None = fact(
        "Entered in error", "Registrert ved en feil",
        "Whether the item was entered by mistake and must not be used; not recorded means that it was not.",
        "Om dette ble skrevet inn ved en feil.",
        ADMINISTRATIVE, wire="enteredInError",
    )  # fmt: skip
    last_updated_by: Author | None = fact(
        "Last updated by", "Sist oppdatert av",
        "Who wrote this version; not necessarily the one who saw the woman.",
        "Den som sist endret dette.",
        PERSONAL, wire="lastUpdatedBy", mark=Mark.OFFICIAL,
    )  # fmt: skip


PROVENANCE = Section(
    kind="provenance",
    english="Provenance",
    norwegian="Opphav",
    meaning="Which version of an item this is, and who wrote it when.",
    wire="metadata",
    repeated=False,
    model=Provenance,
)
"""Described like a section, though it is none: it travels inside every item."""
