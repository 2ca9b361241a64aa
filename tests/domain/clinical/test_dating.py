"""Which due date counts, what it rests on, who gave it, and which ones it supersedes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.card.declaration import camel
from app.domain.clinical.dating import AssistedConception, dating
from app.domain.clinical.settings import ClinicalSettings
from app.domain.gestation import DueDate, DueDateBasis
from tests.domain.clinical.cards import MIDWIFE, by, mistaken, pregnancy, scan

CORRECTED, CONCEPTION = DueDateBasis.CORRECTED, DueDateBasis.ASSISTED_CONCEPTION
ULTRASOUND, LAST_PERIOD = DueDateBasis.ULTRASOUND, DueDateBasis.LAST_PERIOD
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
EVERYTHING = {
    "pregnancy": {
        "due_date_corrected": "2025-10-10", "due_date_by_ultrasound": "2025-10-11",
        "due_date_by_last_period": "2025-10-08", "last_period_on": "2025-01-01", "last_period_certain": True,
    },
    "ultrasound_examinations": [scan("2025-03-29", due_date="2025-10-12")],
}  # fmt: skip
RETRIEVAL = AssistedConception(retrieved_on=date(2025, 1, 15))


@pytest.mark.parametrize("on", [pytest.param(date(2026, 1, 16), id="TV-G19")])
def test_the_week_is_told_with_what_it_rests_on(on: date) -> None:
    """24+0 by the last period, 24+1 by ultrasound: the second counts and says so."""
    card = dating(pregnancy(last_period_on="2025-08-01", due_date_by_ultrasound="2026-05-10"))
    assert card is not None
    age = card.age_on(on)
    assert age is not None
    assert (age.weeks, age.days, age.basis) == (24, 1, ULTRASOUND)
    assert [(card.days_apart(one), one.due.basis) for one in card.superseded] == [(1, LAST_PERIOD)]


@pytest.mark.parametrize("conception", [pytest.param(RETRIEVAL, id="TV-G23")])
def test_a_corrected_due_date_counts_before_every_other(conception: AssistedConception) -> None:
    """Then assisted conception, ultrasound, the last period: as each is taken away the next one counts."""
    card = dating(EVERYTHING, conception)
    assert card is not None
    assert card.counts.due == DueDate(date(2025, 10, 10), CORRECTED)
    assert [one.due.basis for one in card.superseded] == [CONCEPTION, ULTRASOUND, ULTRASOUND, LAST_PERIOD, LAST_PERIOD]


@pytest.mark.parametrize("later", [pytest.param("2025-10-17", id="TV-G25")])
def test_a_later_scan_moves_nothing(later: str) -> None:
    """What it finds is shown beside the due date and not applied, in whichever order they were entered."""
    scans = [scan("2025-05-04", due_date=later), scan("2025-03-29", gestational_age_weeks=12, gestational_age_days=3)]
    for given_scans in (scans, scans[::-1]):
        card = dating({"ultrasound_examinations": given_scans})
        assert card is not None
        assert (card.counts.due.on, card.counts.scan_days) == (date(2025, 10, 11), 87)
        assert [card.days_apart(one) for one in card.superseded] == [6]


def test_scans_count_by_their_window_and_then_by_their_day() -> None:
    """The early scan, another of the first trimester, the second; one from outside gives way even to the period."""
    due = date(2025, 10, 11)
    days = {"early": 80, "early, later": 90, "first": 60, "second": 130}
    scans = {name: scan(str(due - timedelta(283 - at)), due_date=str(due)) for name, at in days.items()}
    late = scan(str(due - timedelta(30)), due_date=str(due))
    for name, at in days.items():
        card = dating(
            {"ultrasound_examinations": [late, *reversed(scans.values())], **pregnancy(last_period_on="2025-01-01")}
        )
        assert card is not None
        assert card.counts.scan_days == at
        assert card.superseded[-1].scanned_on == due - timedelta(30)
        del scans[name]
    card = dating({"ultrasound_examinations": [late], **pregnancy(last_period_on="2025-01-01")})
    assert card is not None
    assert card.counts.due.basis is LAST_PERIOD


def test_each_due_date_says_who_gave_it_and_which_facts_it_is_taken_from() -> None:
    """The author is who wrote the version; the facts decide who may see what follows from them."""
    card = dating({
        "pregnancy": {"last_period_on": "2025-01-01", "last_period_certain": False},
        "ultrasound_examinations": [by(MIDWIFE, scan("2025-03-29", due_date="2025-10-12"))],
    })  # fmt: skip
    assert card is not None
    assert card.counts.author == MIDWIFE
    assert card.counts.facts == ("ultrasoundExaminations.examinedOn", "ultrasoundExaminations.dueDate")
    (by_period,) = card.superseded
    assert (by_period.author, by_period.facts, by_period.is_certain) == (None, ("pregnancy.lastPeriodOn",), False)


def test_the_day_of_an_assisted_conception_alone_dates_nothing() -> None:
    """Which event it marks is not documented; an event that is told counts, an insemination when the owner says so."""
    conceived = pregnancy(assisted_conception={"had_assisted_conception": True, "performed_on": "2025-01-15"})
    assert dating(conceived) is None
    assert dating(conceived, AssistedConception(transferred_on=date(2025, 1, 20))) is None
    inseminated = AssistedConception(inseminated_on=date(2025, 1, 15))
    assert dating(conceived, inseminated) is None
    events = (RETRIEVAL, AssistedConception(transferred_on=date(2025, 1, 20), embryo_age_days=5), inseminated)
    for event in events:
        card = dating(conceived, event, ClinicalSettings(counts_insemination=True))
        assert card is not None
        assert card.counts.due == DueDate(date(2025, 10, 11), CONCEPTION)
        assert card.counts.facts == ("pregnancy.assistedConception.performedOn",)


def test_the_cycle_moves_the_due_date_where_the_owner_says_so() -> None:
    """And is then one of the facts it is taken from."""
    card = dating(
        pregnancy(last_period_on="2025-01-01", cycle_length_days=30),
        settings=ClinicalSettings(counts_cycle_length=True),
    )
    assert card is not None
    assert card.counts.due.on == date(2025, 10, 13)
    assert card.counts.facts == ("pregnancy.lastPeriodOn", "pregnancy.cycleLengthDays")


def test_what_was_entered_in_error_dates_nothing() -> None:
    """Neither a section nor an item of a list."""
    assert dating({"pregnancy": mistaken({"due_date_corrected": "2025-10-10"})}) is None
    assert dating({"ultrasound_examinations": [mistaken(scan("2025-03-29", due_date="2025-10-12"))]}) is None


@pytest.mark.parametrize(
    "documents",
    [{}, {"pregnancy": None}, pregnancy(), pregnancy(last_period_certain=True, cycle_length_days=28),
     {"ultrasound_examinations": [scan("2025-03-29"), {"due_date": "2025-10-12"}]}],
)  # fmt: skip
def test_nothing_is_dated_by_what_is_not_recorded(documents: dict[str, Any]) -> None:
    """A scan without an answer, or without its day, is no date."""
    assert dating(documents) is None


def moved(documents: Any, days: int) -> Any:
    """The same card with every date so many days later."""
    if isinstance(documents, dict):
        return {name: moved(value, days) for name, value in documents.items()}
    if isinstance(documents, list):
        return [moved(value, days) for value in documents]
    return str(date.fromisoformat(documents) + timedelta(days)) if isinstance(documents, str) else documents


@given(st.integers(-5_000, 5_000), st.sets(st.sampled_from(sorted(EVERYTHING["pregnancy"]))), DAYS)
def test_a_card_moved_in_time_is_dated_alike(shift: int, unrecorded: set[str], on: date) -> None:
    """Every due date moves by as many days, none changes its place, and every week stays what it was."""
    kept = {name: value for name, value in EVERYTHING["pregnancy"].items() if name not in unrecorded}
    documents = {**EVERYTHING, "pregnancy": kept}
    card, later = dating(documents), dating(moved(documents, shift))
    assert card is not None
    assert later is not None
    for one, other in zip((card.counts, *card.superseded), (later.counts, *later.superseded), strict=True):
        assert one.due.on + timedelta(shift) == other.due.on
        assert (one.due.basis, one.facts, one.scan_days) == (other.due.basis, other.facts, other.scan_days)
    assert card.age_on(on) == later.age_on(on + timedelta(shift))


@given(st.sets(st.sampled_from(sorted(EVERYTHING["pregnancy"]))), st.booleans())
def test_no_due_date_comes_from_what_is_not_recorded(unrecorded: set[str], scanned: bool) -> None:
    """Each names facts that are on the card, and only those."""
    kept = {name: value for name, value in EVERYTHING["pregnancy"].items() if name not in unrecorded}
    card = dating(
        {"pregnancy": kept, "ultrasound_examinations": EVERYTHING["ultrasound_examinations"] if scanned else []}
    )
    found = () if card is None else (card.counts, *card.superseded)
    named = {fact for one in found for fact in one.facts}
    on_card = {f"pregnancy.{camel(name)}" for name in kept}
    assert {fact for fact in named if fact.startswith("pregnancy.")} == on_card - {"pregnancy.lastPeriodCertain"}
    assert scanned or named <= on_card
