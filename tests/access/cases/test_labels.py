"""Access cases TC-C07 to TC-C09: withholding labels, to her, to health personnel, and on lists."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import pytest

from app.domain.labels import WithholdingLabel
from app.domain.record import StoredRecord
from data.storing import store
from tests.access.cases.setting import (
    caller,
    card_of,
    entries_about,
    expect_refused,
    told,
)
from tests.access.cases.test_record_level import CORRECT
from tests.access.choosing import ELEVATE, WHY, in_session
from tests.whole_card import CANARY, whole_record
from tests.world import NOW, WHOLE_RECORD, WHOLE_WOMAN, World

LABELLED: Final = ("antenatal_visits", "note")


def w9(label: str | None, *, noted: bool = True, kind: str = "antenatal_visits", fact: str = "note") -> StoredRecord:
    """Her card, with a label on one value of it, or without the value."""
    record = whole_record(WHOLE_RECORD)
    item = next(item for item in record.items if item.kind == kind)
    if not noted:
        del item.content[fact]
    if label is not None:
        record.labels = {kind: {item.item_id: {fact: WithholdingLabel(label)}}}
    return record


async def keep(world: World, record: StoredRecord) -> None:
    """Her card as the store has it, in place of the one before."""
    await world.forget(WHOLE_WOMAN)
    await store(world.services.database, world.services.patient_keys, [(WHOLE_WOMAN, NOW, record)])


def herself(world: World, **more: Any) -> str:
    return world.token("kari", pid=WHOLE_WOMAN, **more)


HER_CARD: Final = """{ myCard { withheldByPatientCount withheld { path }
  antenatalVisits { note heldOn provenance { version itemId } history { version changedFacts content { note } } }
  laboratoryResults { hivPositive } recordHistory { edges { node { section version changedFacts } } } } }"""
HER_NOTE: Final = "{ myCard { antenatalVisits { note } } }"
THE_CARD: Final = """query($patient: NationalIdentityNumber!) { card(patient: $patient) { withheldByPatientCount
  withheld { path } antenatalVisits { note weightKg provenance { withheldFromPatient { fact label } }
  history { content { note provenance { withheldFromPatient { label } } } } } } }"""
THE_NOTE: Final = """query($patient: NationalIdentityNumber!) { card(patient: $patient) { withheldByPatientCount
  antenatalVisits { note provenance { withheldFromPatient { fact label } } } } }"""


async def compare_with_no_note(world: World, label: str) -> None:
    earlier = len(await entries_about(world, WHOLE_WOMAN))
    await keep(world, w9(None, noted=False))
    without = [await world.send(herself(world), asked) for asked in (HER_CARD, HER_NOTE, HER_NOTE)]
    await keep(world, w9(label))
    labelled = [await world.send(herself(world), asked) for asked in (HER_CARD, HER_NOTE, HER_NOTE)]
    assert "errors" not in labelled[0].json()
    assert [told(one) for one in labelled] == [told(one) for one in without]
    assert CANARY not in labelled[1].text
    # Her log is told from these, so it must not give it away either.
    entries = [_said(entry) for entry in (await entries_about(world, WHOLE_WOMAN))[earlier:]]
    assert entries[:3] == entries[3:]


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("event_id", "at", "seen_change")}


async def test_TC_C07_what_is_withheld_from_her_leaves_no_trace(world: World) -> None:
    """A note that it would be clearly inadvisable to show her: the bytes of a card without that note, by a program and
    by graphql-core, its history included; nothing in errors, `withheld` or the ledger."""
    await compare_with_no_note(world, "NORN_KUT")
    world.services.programs = None
    await compare_with_no_note(world, "NORN_KUT")


@pytest.mark.parametrize("label", ["NORN_EPO", "NORN_FFL", "NORN_ALL"])
async def test_TC_C08_what_she_chose_not_to_know_leaves_no_trace(world: World, label: str) -> None:
    """The same for her own wish not to know, and for the other labels that hide from her."""
    await compare_with_no_note(world, label)


@pytest.mark.parametrize("by_program", [True, False])
@pytest.mark.parametrize("label", ["NORN_KUT", "NORN_EPO", "NORN_FFL", "NORN_ALL"])
async def test_TC_C09_health_personnel_see_it_with_a_badge(world: World, label: str, by_program: bool) -> None:
    """The value, and beside it that she does not see it, and whose decision that is; in earlier versions too."""
    await keep(world, w9(label))
    if not by_program:
        world.services.programs = None
    for _ in range(2):
        card = card_of(await world.ask(caller("MW1"), THE_NOTE, patient=WHOLE_WOMAN))
        (visit,) = card["antenatalVisits"]
        assert CANARY in visit["note"]
        assert visit["provenance"]["withheldFromPatient"] == [{"fact": "antenatalVisits.note", "label": label}]
        assert card["withheldByPatientCount"] == 0
    (visit,) = card_of(await world.ask(caller("MW1"), THE_CARD, patient=WHOLE_WOMAN))["antenatalVisits"]
    assert visit["history"][0]["content"]["provenance"]["withheldFromPatient"] == [{"label": label}]


async def test_a_card_without_labels_has_no_badge(world: World) -> None:
    """And a nurse, who reads provenance in part, is told where there is one."""
    await keep(world, w9(None))
    (visit,) = card_of(await world.ask(caller("MW1"), THE_NOTE, patient=WHOLE_WOMAN))["antenatalVisits"]
    assert visit["provenance"] == {"withheldFromPatient": None}
    await keep(world, w9("NORN_KUT", kind="pregnancy", fact="due_date_by_ultrasound"))
    asked = """query($patient: NationalIdentityNumber!) { card(patient: $patient) { pregnancy { dueDateByUltrasound
      provenance { withheldFromPatient { label } } } } }"""
    for programs in (world.services.programs, None):
        world.services.programs = programs
        shown = card_of(await world.ask(caller("PHN1"), asked, patient=WHOLE_WOMAN))["pregnancy"]
        assert shown["provenance"] == {"withheldFromPatient": [{"label": "NORN_KUT"}]}


@pytest.mark.parametrize("label", ["N", "NORN_FOR", "NORS"])
async def test_other_labels_hide_nothing_from_her(world: World, label: str) -> None:
    """Nothing at all, what parents may not see, what she has closed to health personnel: she sees it."""
    await keep(world, w9(label))
    (visit,) = card_of(await world.send(herself(world), HER_NOTE))["antenatalVisits"]
    assert CANARY in visit["note"]


@pytest.mark.parametrize("by_program", [True, False])
async def test_what_she_has_closed_to_health_personnel_is_counted_and_opened_in_an_emergency(
    world: World, by_program: bool
) -> None:
    """NORS: the value is not there, its number is; nor can the section be written, which is not read whole. An
    elevation opens it."""
    await keep(world, w9("NORS"))
    if not by_program:
        world.services.programs = None
    token = in_session(world, caller("HD1"), "ETREAT")
    card = card_of(await world.send(token, THE_NOTE, patient=WHOLE_WOMAN))
    assert (card["withheldByPatientCount"], card["antenatalVisits"][0]["note"]) == (1, None)
    closed = card_of(await world.send(token, THE_CARD, patient=WHOLE_WOMAN))
    assert closed["antenatalVisits"][0]["history"][0]["content"]["note"] is None
    item = next(item.item_id for item in whole_record(WHOLE_RECORD).items if item.kind == "antenatal_visits")
    written = await world.send(token, CORRECT, patient=WHOLE_WOMAN, item=item, key=str(uuid4()))
    expect_refused(written, "SECTION_FORBIDDEN")
    why = {"reason": "CONDITION_PREVENTS", "text": WHY, "key": str(uuid4())}
    assert "errors" not in (await world.send(token, ELEVATE, patient=WHOLE_WOMAN, **why)).json()
    opened = card_of(await world.send(token, THE_NOTE, patient=WHOLE_WOMAN))
    assert opened["withheldByPatientCount"] == 0
    assert CANARY in opened["antenatalVisits"][0]["note"]
    assert (await entries_about(world, WHOLE_WOMAN))[-1]["elevated"]["reason_code"] == "4"
    again = await world.send(token, ELEVATE, patient=WHOLE_WOMAN, **why | {"key": str(uuid4())})
    expect_refused(again, "ELEVATION_NOT_APPLICABLE")


async def test_a_list_does_not_show_what_she_has_closed(world: World) -> None:
    """Her name is not on the line of a unit's list when it is labelled NORS; her card is."""
    await keep(world, w9("NORS", kind="mother", fact="name"))
    lines = (await world.data(caller("GP1"), CASELOAD))["caseload"]["edges"]
    line = next(edge["node"] for edge in lines if edge["node"]["recordId"] == WHOLE_RECORD)
    assert line["motherName"] is None


CASELOAD: Final = "{ caseload(first: 100) { edges { node { recordId motherName } } } }"


async def test_counters_are_hidden_together(world: World) -> None:
    """A label on one of the five counters of earlier pregnancies hides all five: the rest would give it away."""
    await keep(world, w9("NORN_KUT", kind="previous_pregnancies", fact="number_of_previous_live_births"))
    asked = "{ myCard { previousPregnancies { numberOfPreviousPregnancies numberOfPreviousLiveBirths } } }"
    shown = card_of(await world.send(herself(world), asked))["previousPregnancies"]
    assert set(shown.values()) == {None}
