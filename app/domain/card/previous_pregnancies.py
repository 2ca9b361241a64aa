"""The woman's previous pregnancies, counted. The present one is not among them."""

from app.domain.card.declaration import Content, Sensitivity, Term, fact, note, section

PERSONAL = Sensitivity.PERSONAL

COUNTERS = "pregnancy_counters"
"""The five counters are shown together or not at all: induced abortions are not recorded, and whoever saw only some
of the counters beside the total would start to guess at them."""


@section(
    "previous_pregnancies",
    english="Previous pregnancies",
    norwegian="Tidligere svangerskap",
    meaning="Her previous pregnancies, counted. Induced abortions are never recorded and must not be derived as what "
    "is left over between the counters.",
    wire="previousPregnancies",
)
class PreviousPregnancies(Content):
    number_of_previous_pregnancies: int | None = fact(
        "Previous pregnancies", "Antall tidligere graviditeter",
        "How many times she was pregnant before; the present pregnancy is not counted, unlike on the paper card.",
        "Hvor mange ganger du har vært gravid før.",
        PERSONAL, wire="numberOfPreviousPregnancies", unit="1", minimum=0, bundle=COUNTERS,
        terms=(Term("SNOMED CT", "246211005"),),
    )  # fmt: skip
    number_of_previous_live_births: int | None = fact(
        "Previous live births", "Antall tidligere levendefødte", "How many children she has borne alive before.",
        "Hvor mange levende barn du har født før.",
        PERSONAL, wire="numberOfPreviousLiveBirths", unit="1", minimum=0, bundle=COUNTERS,
        terms=(Term("LOINC", "11636-8"),),
    )  # fmt: skip
    number_of_spontaneous_miscarriages: int | None = fact(
        "Spontaneous miscarriages", "Spontanaborter", "How many spontaneous miscarriages she has had.",
        "Hvor mange ganger du har mistet et svangerskap tidlig.",
        PERSONAL, wire="spontaneousMiscarriages", unit="1", minimum=0, bundle=COUNTERS,
        terms=(Term("SNOMED CT", "248989003"),),
    )  # fmt: skip
    number_of_stillbirths_from_22_weeks: int | None = fact(
        "Stillbirths from 22 weeks", "Dødfødsler fra 22 uker / 500 g",
        "How many stillbirths she has had from 22 weeks or 500 g.",
        "Hvor mange barn du har mistet før fødselen, fra uke 22.",
        PERSONAL, wire="stillBirths22weeks", unit="1", minimum=0, bundle=COUNTERS,
        terms=(Term("SNOMED CT", "252112002"),),
    )  # fmt: skip
    number_of_ectopic_pregnancies: int | None = fact(
        "Ectopic pregnancies", "Ektopiske graviditeter", "How many pregnancies she has had outside the womb.",
        "Hvor mange svangerskap du har hatt utenfor livmoren.",
        PERSONAL, wire="numberOfEctopicPregnancies", unit="1", minimum=0, bundle=COUNTERS,
        terms=(Term("SNOMED CT", "440537001"),),
    )  # fmt: skip
    note: str | None = note(
        "Merknad om tidligere svangerskap", "A note about her previous pregnancies.",
        "Det som er skrevet om svangerskapene du har hatt før.",
    )  # fmt: skip
