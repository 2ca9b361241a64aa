"""The ultrasound examinations: dating, number of fetuses, placenta, measurements of each fetus.

Measurements and the dating tool's answer are kept as entered; a tool's answer is never recomputed.
"""

from datetime import date

from app.domain.card.antenatal_visits import FUTURE_DATE
from app.domain.card.declaration import TEXT_MAX_LENGTH, Content, Mark, Sensitivity, fact, note, section
from app.domain.card.values import Number

ORDINARY = Sensitivity.ORDINARY


class FetalMeasurement(Content):
    """What was measured of one fetus."""

    fetus_number: int | None = fact(
        "Fetus number", "Foster nr.", "Which fetus; the same number as at the visits and at birth.",
        "Hvilket av barna målet gjelder.",
        ORDINARY, positive=True, mark=Mark.PAPER_UNVERIFIED, required=True,
    )  # fmt: skip
    crown_rump_length_mm: Number | None = fact(
        "Crown-rump length", "Isse-setemål (CRL)", "The length from crown to rump.",
        "Hvor langt barnet er fra isse til rumpe.",
        ORDINARY, unit="mm", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    biparietal_diameter_mm: Number | None = fact(
        "Biparietal diameter", "Biparietal diameter (BPD)", "The width of the head.", "Hvor bredt hodet til barnet er.",
        ORDINARY, unit="mm", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    head_circumference_mm: Number | None = fact(
        "Head circumference", "Hodeomkrets (HC)", "The circumference of the head.", "Hvor stort hodet er rundt.",
        ORDINARY, unit="mm", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    femur_length_mm: Number | None = fact(
        "Femur length", "Lårbenslengde (FL)", "The length of the thigh bone.", "Hvor langt lårbeinet til barnet er.",
        ORDINARY, unit="mm", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    abdominal_circumference_mm: Number | None = fact(
        "Abdominal circumference", "Mageomkrets (AC)", "The circumference of the abdomen.",
        "Hvor stor magen til barnet er rundt.",
        ORDINARY, unit="mm", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    estimated_fetal_weight_g: int | None = fact(
        "Estimated fetal weight", "Estimert fostervekt", "The fetus's weight as estimated from the measurements.",
        "Hvor mye barnet trolig veier.",
        ORDINARY, unit="g", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip


@section(
    "ultrasound_examinations",
    english="Ultrasound examinations",
    norwegian="Ultralydundersøkelser",
    meaning="The ultrasound examinations in the pregnancy, one item an examination, oldest first.",
    wire=None,
    repeated=True,
    noun="ultrasound_examination",
    ordered_by="examined_on",
)
class UltrasoundExamination(Content):
    examined_on: date | None = fact(
        "Date", "Dato", "The day of the examination.", "Dagen du var til ultralyd.",
        ORDINARY, escalation=FUTURE_DATE, mark=Mark.PAPER_UNVERIFIED, required=True,
    )  # fmt: skip
    gestational_age_weeks: int | None = fact(
        "Gestational age, completed weeks", "Svangerskapsuke, fullgåtte uker",
        "Completed weeks of pregnancy as found at the examination.", "Hvor mange hele uker du var på vei.",
        ORDINARY, unit="wk", positive=True, plausible=(1, 45), mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    gestational_age_days: int | None = fact(
        "Gestational age, days", "Dager etter fullgått uke",
        "Days beyond the completed week, 0 to 6. Not recorded counts as 0 only when the week is recorded.",
        "Dager i tillegg til de hele ukene.",
        ORDINARY, unit="d", minimum=0, maximum=6, mark=Mark.PAPER_UNVERIFIED, needs="gestational_age_weeks",
    )  # fmt: skip
    dating_tool: str | None = fact(
        "Dating tool", "Verktøy for terminbestemmelse", "The tool that gave the due date, such as eSnurra or FetoCalc.",
        "Verktøyet som ble brukt til å regne ut termin.",
        ORDINARY, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    due_date: date | None = fact(
        "Due date", "Ultralydtermin", "The due date the tool gave at this examination.",
        "Dagen du har termin etter denne undersøkelsen.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    number_of_fetuses: int | None = fact(
        "Number of fetuses", "Antall fostre", "How many fetuses were seen.", "Hvor mange barn som ble sett.",
        ORDINARY, unit="1", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    placenta_site: str | None = fact(
        "Placenta site", "Placentas plassering", "Where in the womb the placenta lies.", "Hvor morkaken sitter.",
        ORDINARY, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    fetal_measurements: list[FetalMeasurement] | None = fact(
        "Measurements of each fetus", "Fostermål", "What was measured of each fetus, one entry a fetus.",
        "Målene som ble tatt av hvert barn.",
        ORDINARY, mark=Mark.PAPER_UNVERIFIED, usual_items=2,
    )  # fmt: skip
    findings_note: str | None = note(
        "Funn", "A note about what was found.", "Det som er skrevet om det ultralyden viste.",
        wire=None, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
