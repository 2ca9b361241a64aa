"""What follows when the woman is RhD negative: the fetus's type and the prophylaxis."""

from datetime import date

from app.domain.card.declaration import Content, Mark, Sensitivity, Term, fact, note, section

ORDINARY, PERSONAL = Sensitivity.ORDINARY, Sensitivity.PERSONAL


class FetalRhesusResult(Content):
    """The RhD result of one fetus."""

    fetus_number: int | None = fact(
        "Fetus number", "Foster nr.", "Which fetus; the same number as at the visits and at birth.",
        "Hvilket av barna svaret gjelder.",
        PERSONAL, positive=True, mark=Mark.PAPER_UNVERIFIED, required=True,
    )  # fmt: skip
    rhd_positive: bool | None = fact(
        "RhD positive", "RhD-positiv", "True: this fetus is RhD positive; false: it is RhD negative.",
        "Om dette barnet er rhesus positivt.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    answered_on: date | None = fact(
        "Date of the answer", "Dato for svar", "The day the laboratory answered.", "Dagen svaret kom.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip


@section(
    "rhesus_d_negative_follow_up",
    english="RhD-negative follow-up",
    norwegian="RhD-negativ gravid",
    meaning="What follows when the woman is RhD negative: typing of the fetus and anti-D prophylaxis.",
    wire="rhesusDNegative",
)
class RhesusDNegativeFollowUp(Content):
    consents_to_fetal_rhd_typing: bool | None = fact(
        "Consents to fetal RhD typing", "Samtykke til foster-RhD-typing",
        "Whether she agrees that the fetus's RhD type is found from her blood.",
        "Om du sier ja til å få undersøkt blodtypen til barnet.",
        PERSONAL, wire="consentFetalRhesusTyping",
    )  # fmt: skip
    any_fetus_rhd_positive_at_week_24: bool | None = fact(
        "Any fetus RhD positive, week 24", "Foster RhD-positiv, uke 24",
        "True: at least one fetus is RhD positive; false: all tested fetuses are RhD negative.",
        "Om minst ett av barna er rhesus positivt.",
        PERSONAL, wire="fetusRhDPositiveAtWeek24",
    )  # fmt: skip
    prophylaxis_given_at_week_28: bool | None = fact(
        "Prophylaxis given, week 28", "RhD-profylakse uke 28", "Whether anti-D prophylaxis was given in week 28.",
        "Om du fikk sprøyten mot antistoffer (anti-D) rundt uke 28.",
        ORDINARY, wire="prophylaxisAtWeek28", terms=(Term("SNOMED CT", "408783007"),),
    )  # fmt: skip
    fetal_result_answered_on: date | None = fact(
        "Date of the answer", "Dato for svar", "The day the laboratory answered on the fetus's RhD type.",
        "Dagen svaret om barnets blodtype kom.",
        ORDINARY, wire="dateForResult",
    )  # fmt: skip
    note: str | None = note(
        "Merknad", "A note about the RhD-negative follow-up.", "Det som er skrevet om oppfølgingen av blodtypen din."
    )
    fetal_results: list[FetalRhesusResult] | None = fact(
        "Results for each fetus", "RhD-svar for hvert foster", "The RhD result of each fetus, one entry a fetus.",
        "Svaret på blodtypeprøven for hvert av barna.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED, usual_items=2,
    )  # fmt: skip
