"""Access cases TC-T: the access token."""

from tests.access.cases.setting import card_of, read, write_visit
from tests.world import World


async def test_TC_T01_the_baseline_is_answered_in_full(world: World) -> None:
    """A general practitioner reads all she asks for; nothing is withheld."""
    card = card_of(await read(world, "GP1", "W1"))
    assert card["withheld"] == []
    assert card["mother"]["language"] and card["pregnancy"]["dueDateByUltrasound"]


async def test_the_baseline_of_writing_is_accepted(world: World) -> None:
    """M1 is right as it stands, so that each case changes one thing of it."""
    assert (await write_visit(world, "MW1", "W1")).json()["data"]["recordVisit"]["recordId"]
