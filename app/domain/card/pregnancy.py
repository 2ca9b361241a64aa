"""The current pregnancy: its dates, the number of fetuses, how it began, what has been talked about."""

from datetime import date

from app.domain.card.declaration import Content, Mark, Sensitivity, Term, fact, group, section

ADMINISTRATIVE, ORDINARY = Sensitivity.ADMINISTRATIVE, Sensitivity.ORDINARY
PERSONAL, INTIMATE = Sensitivity.PERSONAL, Sensitivity.INTIMATE


class AssistedConception(Content):
    """Whether the pregnancy came about with assistance, and when."""

    had_assisted_conception: bool | None = fact(
        "Assisted conception", "Assistert befruktning", "Whether the pregnancy came about by assisted conception.",
        "Om du fikk hjelp til å bli gravid.",
        PERSONAL, wire="hadAssistedConception", terms=(Term("SNOMED CT", "813541000000100"),),
    )  # fmt: skip
    performed_on: date | None = fact(
        "Date of assisted conception", "Dato for assistert befruktning",
        "The day of the assisted conception; which event the date marks is not documented. Says nothing by itself "
        "about whether there was one.",
        "Dagen du fikk hjelp til å bli gravid.",
        PERSONAL, wire="dateAssistedConception",
    )  # fmt: skip


@section(
    "pregnancy",
    english="Current pregnancy",
    norwegian="Aktuelt svangerskap",
    meaning="The pregnancy this card is about.",
    wire="currentPregnancy",
)
class Pregnancy(Content):
    last_period_on: date | None = fact(
        "First day of last period", "Siste menstruasjons første dag", "The first day of her last menstrual period.",
        "Den første dagen i den siste mensen din.",
        ORDINARY, wire="dateLastPeriod", terms=(Term("LOINC", "8665-2"),),
    )  # fmt: skip
    due_date_by_last_period: date | None = fact(
        "Due date by last period", "Termin etter siste menstruasjon",
        "The due date estimated from the last period, as it was entered; it is not computed here.",
        "Dagen du har termin, regnet fra siste mens.",
        ADMINISTRATIVE, wire="dueDate", terms=(Term("SNOMED CT", "289206005"), Term("LOINC", "11778-8")),
    )  # fmt: skip
    due_date_by_ultrasound: date | None = fact(
        "Due date by ultrasound", "Ultralydtermin", "The due date estimated by ultrasound.",
        "Dagen du har termin, beregnet med ultralyd.",
        ADMINISTRATIVE, wire="dueDateBasedOnUltrasound",
        terms=(Term("SNOMED CT", "738070007"), Term("LOINC", "11778-8")),
    )  # fmt: skip
    due_date_corrected: date | None = fact(
        "Corrected due date", "Korrigert termindato",
        "A corrected due date. Neither the reason nor its rank among the other due dates is recorded.",
        "Dagen du har termin, hvis datoen er rettet.",
        ADMINISTRATIVE, wire="dueDateCorrectedDate",
    )  # fmt: skip
    information_on_prenatal_diagnostics_given: bool | None = fact(
        "Information on prenatal diagnostics given", "Gitt informasjon om fosterdiagnostikk",
        "Whether she was informed about prenatal diagnostics. Says nothing about a test or its result.",
        "Om du har fått informasjon om fosterdiagnostikk.",
        PERSONAL, wire="hasPrenatalDiagnosticsTests",
    )  # fmt: skip
    number_of_fetuses: int | None = fact(
        "Number of fetuses", "Antall fostre", "How many fetuses she carries.", "Hvor mange barn du venter.",
        ORDINARY, wire="numberOfFetuses", unit="1", positive=True, terms=(Term("SNOMED CT", "246435002"),),
    )  # fmt: skip
    assisted_conception: AssistedConception | None = group(
        "Assisted conception", "Assistert befruktning",
        "Whether the pregnancy came about with assistance, and when.", wire="assistedConception",
    )  # fmt: skip
    birth_preparation_talk_held: bool | None = fact(
        "Birth preparation talk held", "Samtale om fødsel / fødselsforberedelse",
        "Whether birth and how to prepare for it have been talked about with her.",
        "Om dere har snakket om fødselen og hvordan du kan forberede deg.",
        ORDINARY, wire="birthPreparationTalk", terms=(Term("SNOMED CT", "702396006"),),
    )  # fmt: skip
    breastfeeding_guidance_given: bool | None = fact(
        "Breastfeeding guidance given", "Veiledning om amming", "Whether she has been given guidance on breastfeeding.",
        "Om du har fått råd og veiledning om å amme.",
        ORDINARY, wire="breastfeedingGuidance", terms=(Term("SNOMED CT", "243094003"),),
    )  # fmt: skip
    last_period_certain: bool | None = fact(
        "Last period certain", "Sikker siste menstruasjon", "Whether she is certain of the day her last period began.",
        "Om du er sikker på når siste mens startet.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    cycle_length_days: int | None = fact(
        "Cycle length", "Sykluslengde", "The usual number of days from one period to the next.",
        "Hvor mange dager det vanligvis går fra en mens til den neste.",
        ORDINARY, unit="d", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    asked_about_violence: bool | None = fact(
        "Asked about violence", "Spurt om vold",
        "Whether she has been asked about experience of violence. Says nothing about what she answered.",
        "Om du er blitt spurt om du har opplevd vold.",
        INTIMATE, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
