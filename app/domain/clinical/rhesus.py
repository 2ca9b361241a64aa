"""The programme for RhD-negative women, as states each fetus goes through.

    NOT_KNOWN ──RhD positive──────────────────────────> NOT_NEEDED
    NOT_KNOWN ──antibodies found──────────────────────> IMMUNISED: the hospital follows, no prophylaxis
    NOT_KNOWN ──RhD negative, no antibodies───────────> NEEDS_TYPING
    NEEDS_TYPING ──answer, sample from 24+0 on────────> TYPED_POSITIVE or TYPED_NEGATIVE
    NEEDS_TYPING ──she does not agree to typing───────> DECLINED
    TYPED_POSITIVE ──anti-D at 28+0 or later──────────> PROPHYLAXIS_GIVEN

Helsedirektoratet, since September 2016. Which antibody was found stands in a note that nobody takes apart: every woman
with antibodies is taken for immunised, and a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.clinical.chart import DATING, Chart, Input, once_a_chart
from app.domain.dating import day_of
from app.domain.described import DescribedEnum

RHESUS_D: Final = "laboratoryResults.bloodType.rhesusD"
ANTIBODIES: Final = "laboratoryResults.redCellAntibodiesPositive"
FOLLOW_UP: Final = "rhesusDNegativeFollowUp"
AGREES: Final = f"{FOLLOW_UP}.consentsToFetalRhdTyping"
ANY_POSITIVE: Final = f"{FOLLOW_UP}.anyFetusRhdPositiveAtWeek24"
ANSWERED_ON: Final = f"{FOLLOW_UP}.fetalResultAnsweredOn"
GIVEN: Final = f"{FOLLOW_UP}.prophylaxisGivenAtWeek28"
RESULT: Final = f"{FOLLOW_UP}.fetalResults.rhdPositive"
RESULTS: Final = (f"{FOLLOW_UP}.fetalResults.fetusNumber", RESULT, f"{FOLLOW_UP}.fetalResults.answeredOn")
FETUSES: Final = "pregnancy.numberOfFetuses"
TYPED_BY: Final = (AGREES, ANY_POSITIVE, ANSWERED_ON, *RESULTS)
FOLLOWED_BY: Final = (RHESUS_D, ANTIBODIES, *TYPED_BY, FETUSES, *DATING)
"""Every fact that tells the state, the prophylaxis aside."""


class RhesusState(DescribedEnum):
    """Where one fetus stands in the programme."""

    NOT_KNOWN = "NOT_KNOWN", "The woman's RhD type or her antibodies are not recorded."
    NOT_NEEDED = "NOT_NEEDED", "The woman is RhD positive."
    IMMUNISED = "IMMUNISED", "She has antibodies; the hospital follows her, and there is no prophylaxis."
    NEEDS_TYPING = "NEEDS_TYPING", "The fetus's RhD type is to be found from 24+0."
    DECLINED = "DECLINED", "She does not agree to typing."
    TYPED_POSITIVE = "TYPED_POSITIVE", "The fetus is RhD positive: prophylaxis at 28+0, later if it was missed."
    TYPED_NEGATIVE = "TYPED_NEGATIVE", "The fetus is RhD negative: no prophylaxis in pregnancy."
    PROPHYLAXIS_GIVEN = "PROPHYLAXIS_GIVEN", "The prophylaxis was given."


@dataclass(frozen=True, slots=True)
class FetusState:
    """The state of one fetus. `inputs`: what is recorded of its type."""

    fetus: int
    state: RhesusState
    inputs: tuple[Input, ...] = ()


@once_a_chart
def states(chart: Chart) -> list[FetusState]:
    """The state of every fetus; of one while it is not recorded how many there are."""
    fetuses = range(1, max(chart.value(FETUSES) or 1, *_numbered(chart)) + 1)
    of_all = _mothers_state(chart)
    if of_all is not RhesusState.NEEDS_TYPING:
        return [FetusState(fetus, of_all) for fetus in fetuses]
    return [_state(fetus, chart) for fetus in fetuses]


def _mothers_state(chart: Chart) -> RhesusState:
    type_, antibodies = chart.value(RHESUS_D), chart.value(ANTIBODIES)
    if type_ == "POSITIVE":
        return RhesusState.NOT_NEEDED
    if antibodies is True and type_ is not None:
        return RhesusState.IMMUNISED
    return RhesusState.NOT_KNOWN if None in (type_, antibodies) else RhesusState.NEEDS_TYPING


def _state(fetus: int, chart: Chart) -> FetusState:
    answer = next(_answers(fetus, chart), None)
    if answer is None:
        declined = chart.value(AGREES) is False
        return FetusState(fetus, RhesusState.DECLINED if declined else RhesusState.NEEDS_TYPING)
    if answer.value is False:
        return FetusState(fetus, RhesusState.TYPED_NEGATIVE, (answer,))
    given = chart.value(GIVEN) is True
    return FetusState(fetus, RhesusState.PROPHYLAXIS_GIVEN if given else RhesusState.TYPED_POSITIVE, (answer,))


def _answers(fetus: int, chart: Chart) -> Iterator[Input]:
    """What is known of this fetus, its own answer first. That any is positive holds for each until it has its own;
    that all tested are negative holds for the only one. An answer from before 24+0 answers nothing."""
    for result in chart.section("rhesus_d_negative_follow_up").get("fetal_results") or ():
        positive, answered = result.get("rhd_positive"), day_of(result.get("answered_on"))
        if result.get("fetus_number") == fetus and positive is not None and not _too_early(answered, chart):
            yield Input(RESULT, positive, answered)
    of_any = chart.input(ANY_POSITIVE)
    if of_any is not None and not _too_early(day_of(chart.value(ANSWERED_ON)), chart):
        is_of_this_one = of_any.value is True or chart.value(FETUSES) == 1
        yield from [of_any] if is_of_this_one else []


def _too_early(answered: date | None, chart: Chart) -> bool:
    return answered is not None and chart.is_before(24, on=answered)


def _numbered(chart: Chart) -> list[int]:
    results = chart.section("rhesus_d_negative_follow_up").get("fetal_results") or ()
    return [1, *(result.get("fetus_number") or 1 for result in results)]
