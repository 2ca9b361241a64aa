"""The antenatal programme: what is due, done and overdue for one woman on a day."""

from datetime import date
from typing import Any

import pytest

from app.domain.clinical.chart import BORN_ON, FACTS, Chart
from app.domain.clinical.programme import EntryState, next_visit, programme, shown
from app.domain.clinical.registry import PROGRAMME
from tests.domain.clinical.charts import dated, day, fired, planned, told, visit, visited, written
from tests.domain.clinical.scenarios import BLOOD, POSITIVE_FETUS, body

DONE, DUE, UPCOMING, OVERDUE = EntryState.DONE, EntryState.DUE, EntryState.UPCOMING, EntryState.OVERDUE
PASSED, NOT_APPLICABLE, NOT_EVALUABLE = EntryState.PASSED, EntryState.NOT_APPLICABLE, EntryState.NOT_EVALUABLE


def next_of(documents: dict[str, Any], as_of: date) -> str | None:
    found = next_visit(programme(Chart.of(documents, as_of), PROGRAMME))
    return found.entry.id if found else None


def state(entry_id: str, documents: dict[str, Any], as_of: date, **who: Any) -> EntryState:
    return planned(documents, as_of, **who)[entry_id].state


EARLY_AND_24 = visited(visit(12), visit(24, 1))


def test_p8_next_visit() -> None:
    """P8: at 25+2, seen at 12+0 and 24+1, the next visit is in week 28; ultrasound has windows of its own."""
    assert next_of(EARLY_AND_24, day(25, 2)) == "V28"
    known = planned(EARLY_AND_24, day(25, 2))
    assert (known["V1"].state, known["V24"].state, known["V28"].state) == (DONE, DONE, UPCOMING)
    assert known["V28"].from_on == day(27) and known["V28"].to_on == day(28, 6)
    assert known["US1"].state is PASSED and known["US2"].state is OVERDUE


def test_p9_overdue_visit() -> None:
    """P9: at 29+0, seen at 12+0 and 24+1, the visit of week 28 is overdue; at 28+6 it is still due."""
    assert state("V28", EARLY_AND_24, day(28, 6)) is DUE
    assert state("V28", EARLY_AND_24, day(29)) is OVERDUE
    assert next_of(EARLY_AND_24, day(29)) == "V32"
    assert told(EARLY_AND_24, day(29)).keys() & {"PR-1", "PR-2"} == {"PR-1"}


def test_a_missed_visit_is_over_once_care_has_gone_on() -> None:
    """A later visit: nothing is overdue any more."""
    late = visited(visit(12), visit(24), visit(30))
    assert state("V28", late, day(31)) is PASSED
    assert not {"PR-1", "PR-2"} & fired(late, day(31))


def test_two_visits_in_a_row_may_be_dropping_out() -> None:
    """Both after 24+0."""
    assert "PR-2" not in fired(EARLY_AND_24, day(32, 6))
    assert told(EARLY_AND_24, day(33)).keys() & {"PR-1", "PR-2"} == {"PR-2"}


@pytest.mark.parametrize(("days", "counts"), [((23, 0), True), ((24, 6), True), ((22, 6), False), ((25, 0), False)])
def test_a_visit_counts_from_a_week_before_to_six_days_after(days: tuple[int, int], counts: bool) -> None:
    """T − 7 d to T + 6 d."""
    assert (state("V24", visited(visit(*days)), day(26)) is DONE) is counts


def test_tests_are_due_done_and_overdue() -> None:
    """Ferritin by the end of week 15; the day it was written down is the day it was done by."""
    assert state("FERRITIN", dated(), day(5)) is UPCOMING
    assert state("FERRITIN", dated(), day(15, 6)) is DUE
    assert state("FERRITIN", dated(), day(16)) is OVERDUE
    taken = planned(dated(laboratory_results=written(day(10), ferritin_ug_per_l=40)), day(16))["FERRITIN"]
    assert taken.state is DONE and taken.done_on == day(10)


def test_glucose_tests_are_for_those_selected() -> None:
    """Selected by body mass index; not when diabetes is known; otherwise nobody knows, for the card asks too little."""
    assert state("GLUCOSE_TOLERANCE", dated(**body(170, 80)), day(26)) is DUE
    assert state("HBA1C", dated(**body(170, 80)), day(12)) is NOT_EVALUABLE
    assert state("HBA1C", dated(**body(170, 90)), day(12)) is DUE
    known = dated(**body(170, 90), medical_conditions={"diabetes": True})
    assert state("GLUCOSE_TOLERANCE", known, day(26)) is NOT_APPLICABLE
    assert state("GLUCOSE_TOLERANCE", dated(**body(170, 65)), day(26)) is NOT_EVALUABLE


@pytest.mark.parametrize(
    ("born_on", "history", "expected"),
    [
        (date(1999, 1, 1), {"number_of_previous_pregnancies": 0}, DUE),
        (date(2000, 1, 1), {"number_of_previous_pregnancies": 0}, NOT_EVALUABLE),
        (date(1984, 1, 1), {"number_of_previous_live_births": 1}, DUE),
        (date(1985, 1, 1), {"number_of_previous_live_births": 1}, NOT_EVALUABLE),
        (date(1984, 1, 1), {}, NOT_EVALUABLE),
    ],
)
def test_age_selects_by_whether_she_has_borne(born_on: date, history: dict[str, int], expected: EntryState) -> None:
    """Over 25 at the first birth, over 40 later; an age alone selects nobody."""
    card = dated(previous_pregnancies=history)
    assert state("GLUCOSE_TOLERANCE", card, day(25), born_on=born_on) is expected


def test_a_heavy_child_selects() -> None:
    """Above 4500 g, not at it."""
    for grams, expected in ((4_501, DUE), (4_500, NOT_EVALUABLE)):
        assert state("GLUCOSE_TOLERANCE", dated(earlier_pregnancies=[{"birth_weight_g": grams}]), day(25)) is expected


def test_rhesus_entries_follow_the_states() -> None:
    """Typing while it is needed, anti-D once a fetus is positive, neither for a woman who is positive herself."""
    typed = dated(laboratory_results=BLOOD, rhesus_d_negative_follow_up=POSITIVE_FETUS)
    assert state("FETAL_RHD", dated(laboratory_results=BLOOD), day(24)) is DUE
    assert state("FETAL_RHD", typed, day(24)) is DONE and state("ANTI_D", typed, day(28)) is DUE
    positive = dated(laboratory_results={"blood_type": {"rhesus_d": "POSITIVE"}})
    assert {state(each, positive, day(28)) for each in ("FETAL_RHD", "ANTI_D")} == {NOT_APPLICABLE}
    assert state("FETAL_RHD", dated(), day(24)) is NOT_EVALUABLE


def test_vaccines_count_from_the_week_they_are_for() -> None:
    """Pertussis in every pregnancy from 24+0; influenza in season."""
    early = dated(medication={"vaccinations": [{"vaccine": "Kikhoste (dTp)", "given_on": day(20).isoformat()}]})
    later = dated(medication={"vaccinations": [{"vaccine": "Kikhoste (dTp)", "given_on": day(25).isoformat()}]})
    assert state("PERTUSSIS", early, day(30)) is DUE and state("PERTUSSIS", later, day(30)) is DONE
    assert state("INFLUENZA", dated(), date(2025, 5, 1)) is NOT_APPLICABLE
    assert state("INFLUENZA", dated(), date(2025, 10, 1)) is DUE


def test_conversations_are_done_when_they_are_answered_yes() -> None:
    """No says that it was not done."""
    for answer, expected in ((True, DONE), (False, DUE), (None, DUE)):
        facts = {} if answer is None else {"asked_about_violence": answer}
        assert state("VIOLENCE", dated(pregnancy=facts), day(20)) is expected
    asked = {"stimuli": [{"at_first_visit": {"daily_count": 0}}]}
    assert state("LIFESTYLE_FIRST", dated(lifestyle_factors=asked), day(12)) is DONE
    assert state("LIFESTYLE_36", dated(lifestyle_factors=asked), day(36)) is DUE


def test_the_certificate_comes_at_22_weeks() -> None:
    """CERT-1: whether it was issued is not on the card."""
    assert state("CERT-1", dated(), day(21, 6)) is UPCOMING and state("CERT-1", dated(), day(22)) is DUE


def test_there_is_no_programme_without_a_due_date_and_after_the_birth() -> None:
    """P23: everything stops at once."""
    assert not planned({}, day(20))
    assert not planned(dated(), day(20), ended_on=day(19))


def test_entries_name_facts_that_exist_and_what_is_unverified_is_off() -> None:
    """Every entry once; the switched-off ones are not planned."""
    assert len({entry.id for entry in PROGRAMME}) == len(PROGRAMME)
    assert all({*entry.facts} <= {*FACTS, BORN_ON} for entry in PROGRAMME)
    off = {entry.id for entry in PROGRAMME if entry.off}
    assert off == {"BIRTH_PREPARATION", "BREASTFEEDING"} and not off & planned(dated(), day(20)).keys()


def test_whoever_may_not_read_a_fact_is_not_shown_what_was_drawn_from_it() -> None:
    """And the woman is shown nothing that another could read over her shoulder."""
    whole = planned(dated(), day(20)).values()
    for_the_midwife = {each.entry.id for each in shown(whole, lambda path: True, to_the_woman=False)}
    for_the_woman = {each.entry.id for each in shown(whole, lambda path: True, to_the_woman=True)}
    assert for_the_midwife - for_the_woman == {"VIOLENCE"}
    without_hiv = shown(whole, lambda path: path != "laboratoryResults.hivPositive", to_the_woman=False)
    assert for_the_midwife - {each.entry.id for each in without_hiv} == {"HIV"}


def test_a_test_without_its_day_is_done_by_the_day_it_was_written_down() -> None:
    """The day of the test where it is recorded."""
    values = {"fasting_glucose_mmol_per_l": 4.5}
    undated = planned(dated(laboratory_results=written(day(26), glucose_tolerance=values)), day(27))
    assert undated["GLUCOSE_TOLERANCE"].done_on == day(26)
    tested = values | {"tested_on": day(25).isoformat()}
    known = planned(dated(laboratory_results=written(day(26), glucose_tolerance=tested)), day(27))
    assert known["GLUCOSE_TOLERANCE"].done_on == day(25)
