"""The antenatal visits: what was measured and said each time, and what was found for each fetus."""

from datetime import date

from app.domain.card.declaration import (
    TEXT_MAX_LENGTH,
    Content,
    Escalation,
    Mark,
    Sensitivity,
    Term,
    fact,
    note,
    section,
)
from app.domain.card.values import BloodPressure, DipstickResult, Number, PresentationLie

ORDINARY, PERSONAL, WHEREABOUTS = Sensitivity.ORDINARY, Sensitivity.PERSONAL, Sensitivity.WHEREABOUTS

FUTURE_DATE = Escalation(
    rule="S2-geo",
    sensitivity=WHEREABOUTS,
    applies=lambda held_on, today: held_on is not None and date.fromisoformat(held_on) > today,
    meaning="a date that has not come yet tells where she will be",
)


class FetalObservation(Content):
    """What was found for one fetus at a visit."""

    fetus_number: int | None = fact(
        "Fetus number", "Foster nr.",
        "Which fetus; the number stays the same through the pregnancy and is used again at birth.",
        "Hvilket av fostrene målingen gjelder.",
        ORDINARY, wire="fosterId", positive=True, required=True,
    )  # fmt: skip
    fetal_heart_rate_bpm: int | None = fact(
        "Fetal heart rate", "Fosterlyd", "The fetus's heart rate.", "Hvor fort hjertet til barnet slår.",
        ORDINARY, wire="fetalHeartRate", unit="{beats}/min", positive=True, plausible=(60, 240),
        terms=(Term("SNOMED CT", "364075005"), Term("LOINC", "55283-6")),
    )  # fmt: skip
    presentation: PresentationLie | None = fact(
        "Presentation and lie", "Fosterleie og -presentasjon", "How the fetus lies in the womb.",
        "Hvordan barnet ligger i magen.",
        ORDINARY, wire="fetalPresentationLie",
    )  # fmt: skip
    mother_feels_movements: bool | None = fact(
        "Mother feels movements", "Mor kjenner liv", "Whether the woman feels this fetus move.",
        "Om du kjenner at barnet beveger seg.",
        ORDINARY, wire="motherFeelsBabyMovements", terms=(Term("LOINC", "57088-7"),),
    )  # fmt: skip
    note: str | None = note(
        "Merknad om fosterfunn", "A note about this fetus at this visit.", "Det som er skrevet om barnet."
    )


@section(
    "antenatal_visits",
    english="Antenatal visits",
    norwegian="Svangerskapskonsultasjoner",
    meaning="The check-ups in pregnancy, one item a visit, oldest first.",
    wire="antenatalAppointments",
    repeated=True,
    noun="visit",
    ordered_by="held_on",
    usual_items=15,
)
class AntenatalVisit(Content):
    held_on: date | None = fact(
        "Date", "Dato", "The day of the visit.", "Dagen du var på kontroll.",
        ORDINARY, wire="appointmentDate", topic="date", escalation=FUTURE_DATE, mark=Mark.OFFICIAL,
        required=True,
    )  # fmt: skip
    gestational_age_weeks: int | None = fact(
        "Gestational age, completed weeks", "Svangerskapsuke, fullgåtte uker",
        "Completed weeks of pregnancy as noted at the visit; a snapshot that does not move when the due date does.",
        "Hvor mange hele uker du var på vei.",
        ORDINARY, wire="pregnancyWeek", unit="wk", positive=True, plausible=(1, 45), topic="week",
        terms=(Term("LOINC", "18185-9"),), mark=Mark.OFFICIAL,
    )  # fmt: skip
    gestational_age_days: int | None = fact(
        "Gestational age, days", "Dager etter fullgått uke",
        "Days beyond the completed week, 0 to 6. Not recorded counts as 0 only when the week is recorded.",
        "Dager i tillegg til de hele ukene.",
        ORDINARY, wire="daysAfterFullPregnancyWeek", unit="d", minimum=0, maximum=6, topic="week", mark=Mark.OFFICIAL,
        needs="gestational_age_weeks",
    )  # fmt: skip
    weight_kg: Number | None = fact(
        "Weight", "Vekt", "The woman's weight at the visit.", "Vekten din.",
        PERSONAL, wire="motherWeight", unit="kg", positive=True, plausible=(30, 250),
        terms=(Term("SNOMED CT", "27113001"), Term("LOINC", "29463-7")), mark=Mark.OFFICIAL,
    )  # fmt: skip
    blood_pressure: BloodPressure | None = fact(
        "Blood pressure", "Blodtrykk", "Blood pressure, systolic over diastolic.", "Blodtrykket ditt.",
        ORDINARY, wire="bloodPressure", unit="mm[Hg]", terms=(Term("LOINC", "85354-9"),), mark=Mark.OFFICIAL,
    )  # fmt: skip
    urine_protein: DipstickResult | None = fact(
        "Urine protein", "Protein i urin", "Protein in the urine, read from a dipstick.",
        "Om det er eggehvite (protein) i urinen.",
        ORDINARY, wire="proteinInUrineTestResult", terms=(Term("NLK", "NPU04206", "V-NHN"),), mark=Mark.OFFICIAL,
    )  # fmt: skip
    edema_grade: int | None = fact(
        "Edema", "Ødem", "Swelling, grade 0 to 3. What the grades mean is not documented: show the number only.",
        "Hvor hoven du er, fra 0 til 3.",
        ORDINARY, wire="edema", minimum=0, maximum=3,
    )  # fmt: skip
    fetal_observations: list[FetalObservation] | None = fact(
        "Findings for each fetus", "Fosterfunn", "What was found for each fetus, one entry a fetus.",
        "Det som ble funnet for hvert barn.",
        ORDINARY, wire="fetusesVitalSigns", mark=Mark.OFFICIAL, usual_items=2,
    )  # fmt: skip
    takes_medicines: bool | None = fact(
        "Medicines in use", "Legemiddelbruk registrert", "Whether she takes medicines, asked at this visit.",
        "Om du brukte legemidler da.",
        PERSONAL, wire="medication",
    )  # fmt: skip
    employment_percent: int | None = fact(
        "Employment percentage", "Stillingsprosent ved konsultasjonen",
        "How much of a full position she works at the time of the visit.", "Hvor mye du jobbet da, i prosent.",
        PERSONAL, wire="employmentRate", unit="%", minimum=0, maximum=100,
    )  # fmt: skip
    note: str | None = note(
        "Merknad fra svangerskapskontroll", "A note from the visit.", "Det som ble skrevet etter kontrollen."
    )
    urine_glucose: DipstickResult | None = fact(
        "Urine glucose", "Glukose i urin", "Glucose in the urine, read from a dipstick.", "Om det er sukker i urinen.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    performed_by: str | None = fact(
        "Performed by", "Utført av", "Who saw the woman, where that is another than who wrote the visit down.",
        "Den du var på kontroll hos.",
        PERSONAL, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    next_visit_on: date | None = fact(
        "Next visit", "Neste time", "The day agreed for the next visit.", "Dagen du skal til neste kontroll.",
        WHEREABOUTS, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
