"""Medicines, folate and vaccines."""

from datetime import date

from app.domain.card.declaration import (
    TEXT_MAX_LENGTH,
    Content,
    Mark,
    Sensitivity,
    Term,
    fact,
    group,
    note,
    section,
)

ORDINARY, PERSONAL, INTIMATE = Sensitivity.ORDINARY, Sensitivity.PERSONAL, Sensitivity.INTIMATE


class Folate(Content):
    """Whether she took folate before and during the pregnancy."""

    taken_before_pregnancy: bool | None = fact(
        "Folate before pregnancy", "Folat før svangerskapet", "Whether she took folate before the pregnancy.",
        "Om du tok folat før du ble gravid.",
        ORDINARY, wire="takenBefore", terms=(Term("SNOMED CT", "792807003"),),
    )  # fmt: skip
    taken_during_pregnancy: bool | None = fact(
        "Folate during pregnancy", "Folat under svangerskapet", "Whether she takes folate during the pregnancy.",
        "Om du tar folat mens du er gravid.",
        ORDINARY, wire="takenDuring", terms=(Term("SNOMED CT", "792807003"),),
    )  # fmt: skip


class Medicine(Content):
    """One medicine she takes. All of it is intimate: a medicine's name gives away what it is taken for."""

    name: str | None = fact(
        "Name", "Legemiddel", "The medicine's name.", "Navnet på legemidlet.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    atc_code: str | None = fact(
        "ATC code", "ATC-kode", "The medicine's code in the ATC classification.",
        "Koden som sier hva slags middel det er.",
        INTIMATE, max_length=16, mark=Mark.PAPER,
    )  # fmt: skip
    dose: str | None = fact(
        "Dose", "Dosering", "How much she takes and how often.", "Hvor mye du tar, og hvor ofte.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    prescribed: bool | None = fact(
        "Prescribed", "På resept", "Whether it is taken on prescription.", "Om du har fått det på resept.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
    note: str | None = note(
        "Merknad om legemidlet", "A note about this medicine.", "Det som er skrevet om dette midlet.",
        wire=None, mark=Mark.PAPER,
    )  # fmt: skip


class Vaccination(Content):
    """One vaccine given in the pregnancy."""

    vaccine: str | None = fact(
        "Vaccine", "Vaksine", "Which vaccine was given.", "Vaksinen du fikk.",
        ORDINARY, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    given_on: date | None = fact(
        "Date", "Dato", "The day the vaccine was given.", "Dagen du fikk vaksinen.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip


@section(
    "medication",
    english="Medication",
    norwegian="Legemiddelopplysninger",
    meaning="What she takes of medicines and folate, and the vaccines given in the pregnancy.",
    wire="medication",
)
class Medication(Content):
    medicine_use_frequency: str | None = fact(
        "How often she takes medicines", "Hyppighet av legemiddelbruk",
        "How often she takes medicines. The national list of answers is not known: the text is kept as it came.",
        "Hvor ofte du bruker legemidler.",
        PERSONAL, wire="medicationFrequency", max_length=64,
    )  # fmt: skip
    drug_allergy: bool | None = fact(
        "Drug allergy", "Legemiddelallergi", "Whether she is allergic to a medicine.",
        "Om det er legemidler du ikke tåler.",
        ORDINARY, wire="drugAllergy", terms=(Term("SNOMED CT", "416098002"),),
    )  # fmt: skip
    folate: Folate | None = group(
        "Folate", "Folat", "Whether she took folate before and during the pregnancy.", wire="folate"
    )
    note: str | None = note(
        "Merknad om legemiddelbruk", "A note about medicines, often with names and doses; never taken apart.",
        "Det som er skrevet om legemidlene dine.",
    )  # fmt: skip
    medicines: list[Medicine] | None = fact(
        "Medicines", "Legemidler", "The medicines she takes, with and without prescription.",
        "Legemidlene du bruker, med og uten resept.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
    vaccinations: list[Vaccination] | None = fact(
        "Vaccinations", "Vaksiner i svangerskapet", "The vaccines given in the pregnancy.",
        "Vaksinene du har fått mens du er gravid.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
