"""The enrolled organisations."""

import pytest

from app.domain.viewer import Organisation
from data.database import Database
from data.organisations import EnrolledOrganisations

GP_OFFICE = Organisation("310990000", "Testby legesenter", "GP_OFFICE", "310990000")
HOSPITAL = Organisation("310990027", "Testby sykehus", "HOSPITAL", "310990043")


class Monotonic:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


async def test_an_enrolled_organisation_is_found(database: Database, monotonic: Monotonic) -> None:
    """After enrolment an organisation is found by its number, and no other is."""
    organisations = EnrolledOrganisations(database, monotonic)
    assert await organisations.find(GP_OFFICE.number) is None
    await organisations.enrol([GP_OFFICE])
    assert await organisations.find(GP_OFFICE.number) == GP_OFFICE
    assert await organisations.find(HOSPITAL.number) is None


async def test_enrolling_again_changes_what_is_known(database: Database, monotonic: Monotonic) -> None:
    """An organisation that is enrolled again has its new name; the others stay."""
    organisations = EnrolledOrganisations(database, monotonic)
    await organisations.enrol([GP_OFFICE, HOSPITAL])
    renamed = Organisation(GP_OFFICE.number, "Nytt navn", GP_OFFICE.kind, GP_OFFICE.parent_number)
    await organisations.enrol([renamed])
    await organisations.enrol([])
    assert await organisations.find(GP_OFFICE.number) == renamed
    assert await organisations.find(HOSPITAL.number) == HOSPITAL


async def test_organisations_are_read_once_a_minute(database: Database, monotonic: Monotonic) -> None:
    """Another process's enrolment is seen after a minute; until then nothing is asked, for unknown numbers either."""
    organisations = EnrolledOrganisations(database, monotonic)
    assert await organisations.find(GP_OFFICE.number) is None
    await EnrolledOrganisations(database).enrol([GP_OFFICE])
    monotonic.now = 59.9
    with database.count_statements() as statements:
        assert await organisations.find(GP_OFFICE.number) is None
    assert statements == []
    monotonic.now = 60.0
    assert await organisations.find(GP_OFFICE.number) == GP_OFFICE
