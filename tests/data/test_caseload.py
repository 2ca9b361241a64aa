"""A unit's list: what it says of a card."""

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.card.pregnancy import Pregnancy
from app.domain.record import CareUnit
from data.caseload import caseload_lines_of
from data.database import Database
from data.declaring import table_of
from data.identity_numbers import PatientKeys
from data.storing import store
from data.tables import CaseloadEntry
from tests.data.world import CONSENTED_AT, KARI, OTHER_UNIT, PREGNANCY, UNIT, card, closed_card, item, visit

LAST_PERIOD, ULTRASOUND, CORRECTED = date(2026, 9, 1), date(2026, 9, 4), date(2026, 9, 7)


@pytest.mark.parametrize(
    ("pregnancy", "due"),
    [
        (Pregnancy(), None),
        (Pregnancy(due_date_by_last_period=LAST_PERIOD), LAST_PERIOD),
        (Pregnancy(due_date_by_last_period=LAST_PERIOD, due_date_by_ultrasound=ULTRASOUND), ULTRASOUND),
        (Pregnancy(due_date_by_ultrasound=ULTRASOUND, due_date_corrected=CORRECTED), CORRECTED),
        (Pregnancy(due_date_by_last_period=LAST_PERIOD, due_date_corrected=CORRECTED), CORRECTED),
    ],
)
def test_a_corrected_due_date_goes_before_ultrasound_before_last_period(pregnancy: Pregnancy, due: date | None) -> None:
    """The list shows the due date that counts."""
    (line,) = caseload_lines_of(card(items=[item(PREGNANCY, pregnancy)]))
    assert line.due_date == due


def test_the_last_visit_and_the_last_blood_pressure_may_be_of_two_visits() -> None:
    """A visit without a blood pressure is the last visit; the blood pressure is that of the one before."""
    visits = [visit(date(2026, 6, 9), None), visit(date(2026, 5, 4), 112), visit(date(2026, 6, 1), 118)]
    (line,) = caseload_lines_of(card(items=visits))
    assert (line.last_visit_on, line.last_blood_pressure) == (date(2026, 6, 9), "118/80")


def test_mistakes_and_plans_do_not_count() -> None:
    """A visit entered in error, and a day that has not come yet, are left out of the list."""
    wrong = visit(date(2026, 6, 10), 190, entered_in_error=True)
    planned = visit(date(2026, 7, 1), None)
    (line,) = caseload_lines_of(card(items=[wrong, planned, visit(date(2026, 5, 4), 112)]))
    assert (line.last_visit_on, line.last_blood_pressure) == (date(2026, 5, 4), "112/80")


def test_a_closed_card_is_on_no_list() -> None:
    """A card that is closed leaves the list."""
    assert list(caseload_lines_of(closed_card(10))) == []


async def test_each_unit_that_follows_a_card_has_a_line(database: Database, keys: PatientKeys) -> None:
    """The lines are stored with the card, one for each unit, each unit once."""
    units = [CareUnit(organisation_number=number) for number in (UNIT, OTHER_UNIT, UNIT)]
    await store(database, keys, [(KARI, CONSENTED_AT, card(care_units=units))])
    async with database.connection() as connection:
        lines = (await connection.execute(select(table_of(CaseloadEntry)))).mappings().all()
    assert {line["unit"] for line in lines} == {UNIT, OTHER_UNIT}
    assert {(line["due_date"], line["last_visit_on"], line["last_blood_pressure"]) for line in lines} == {
        (ULTRASOUND, date(2026, 6, 1), "118/80")
    }
