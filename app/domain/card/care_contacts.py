"""Who cares for the woman: her general practitioner, her midwife, the places."""

from app.domain.card.declaration import TEXT_MAX_LENGTH, Content, Mark, Sensitivity, fact, group, section

PERSONAL, WHEREABOUTS = Sensitivity.PERSONAL, Sensitivity.WHEREABOUTS


class GeneralPractitioner(Content):
    """Her general practitioner."""

    name: str | None = fact(
        "General practitioner's name", "Fastlege, navn", "The name of her general practitioner.",
        "Navnet på fastlegen din.",
        PERSONAL, wire="name", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
    organisation_name: str | None = fact(
        "Practice", "Legekontor", "The name of the general practitioner's practice.", "Legekontoret til fastlegen din.",
        PERSONAL, wire="organizationName", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
    organisation_number: str | None = fact(
        "Organisation number", "Organisasjonsnummer", "The practice's number in the register of organisations.",
        "Nummeret legekontoret er registrert med.",
        PERSONAL, wire="organizationId", max_length=32,
    )  # fmt: skip
    hpr_number: str | None = fact(
        "HPR number", "HPR-nummer", "The general practitioner's number in the register of health personnel.",
        "Nummeret fastlegen er registrert med.",
        PERSONAL, wire="hprNr", max_length=32,
    )  # fmt: skip
    phone: str | None = fact(
        "Phone", "Telefon", "The general practitioner's phone number.", "Telefonnummeret til fastlegen din.",
        PERSONAL, max_length=32, mark=Mark.PAPER,
    )  # fmt: skip


class Midwife(Content):
    """Her midwife."""

    name: str | None = fact(
        "Midwife's name", "Jordmor, navn", "The name of her midwife.", "Navnet på jordmoren din.",
        PERSONAL, wire="name", max_length=TEXT_MAX_LENGTH, topic="midwife",
    )  # fmt: skip
    organisation_name: str | None = fact(
        "Midwifery service", "Jordmortjeneste", "The name of the service the midwife works for.",
        "Stedet jordmoren din jobber.",
        PERSONAL, wire="organizationName", max_length=TEXT_MAX_LENGTH, topic="midwife",
    )  # fmt: skip
    organisation_number: str | None = fact(
        "Organisation number", "Organisasjonsnummer",
        "The midwifery service's number in the register of organisations.",
        "Nummeret jordmortjenesten er registrert med.",
        PERSONAL, max_length=32, topic="midwife", mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    hpr_number: str | None = fact(
        "HPR number", "HPR-nummer", "The midwife's number in the register of health personnel.",
        "Nummeret jordmoren er registrert med.",
        PERSONAL, wire="hprNr", max_length=32, topic="midwife",
    )  # fmt: skip
    phone: str | None = fact(
        "Phone", "Telefon", "The midwife's phone number.", "Telefonnummeret til jordmoren din.",
        PERSONAL, max_length=32, topic="midwife", mark=Mark.PAPER,
    )  # fmt: skip


@section(
    "care_contacts",
    english="Care contacts",
    norwegian="Fastlege, jordmor etc.",
    meaning="Who cares for her in the pregnancy, and where.",
    wire="pointsOfContact",
)
class CareContacts(Content):
    general_practitioner: GeneralPractitioner | None = group(
        "General practitioner", "Fastlege", "Her general practitioner.", wire="generalPractitioner"
    )
    midwife: Midwife | None = group("Midwife", "Jordmor", "Her midwife.", wire="midwife")
    birth_institution: str | None = fact(
        "Place of birth", "Fødeinstitusjon", "Where she plans to give birth.", "Stedet du skal føde.",
        WHEREABOUTS, wire="birthInstitute", max_length=TEXT_MAX_LENGTH, topic="birthplace",
    )  # fmt: skip
    birth_institution_number: str | None = fact(
        "Place of birth, organisation number", "Fødeinstitusjon, organisasjonsnummer",
        "The number in the register of organisations of where she plans to give birth.",
        "Nummeret fødestedet er registrert med.",
        WHEREABOUTS, max_length=32, topic="birthplace", mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    maternity_health_centre: str | None = fact(
        "Maternity health centre", "Helsestasjon", "The health centre she goes to in the pregnancy.",
        "Helsestasjonen du går til.",
        WHEREABOUTS, wire="maternityHealthcareCentre", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
