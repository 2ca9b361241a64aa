"""Records into the store and out again, on both engines: nothing lost, nothing half, nothing without consent."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from app.domain.consent import ConsentState
from app.domain.errors import RecordRefusal
from data.database import Database
from data.declaring import table_of
from data.dhg import importing
from data.dhg.admission import look_up
from data.dhg.exporting import export_record, export_records
from data.dhg.importing import ImportReport, import_records
from data.dhg.residue import same
from data.identity_numbers import PatientKeys, make_synthetic
from data.patients import add_consent_events, find_patients
from data.tables import Change, ConsentEvent, MaternityRecord, Patient, Section, SectionVersion
from tests.data.dhg.generated import record
from tests.data.dhg.test_mapping import EXAMPLE
from tests.data.dhg.test_traps import a_record

CONSENTED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CONSENT = {"given": True, "at": "2026-03-01T08:00:00Z"}


def _numbers() -> Iterator[str]:
    """Synthetic identity numbers, each once."""
    for day in count():
        number = make_synthetic(date(1990, 1, 1) + timedelta(days=day), 100)
        if number is not None:
            yield number


NUMBERS = [number for number, _ in zip(_numbers(), range(600), strict=False)]
KARI, AISHA, LIV = NUMBERS[:3]


def a_file(*envelopes: dict[str, Any]) -> BytesIO:
    """A file with a line for each envelope."""
    return BytesIO(b"\n".join(orjson.dumps(envelope) for envelope in envelopes))


def an_active(record_id: int = 1, **sections: Any) -> dict[str, Any]:
    """A small active record."""
    active = a_record(**sections)
    active["metadata"]["recordId"] = f"3f2b6c1e-8d4a-4f7e-9a55-{record_id:012}"
    return active


def a_closed(record_id: int) -> dict[str, Any]:
    """A small record of an earlier pregnancy."""
    closed = an_active(record_id)
    closed["metadata"]["recordStatus"] = {"status": "TERMINATED", "terminationDate": "2022-04-02T00:00:00Z"}
    return closed


def an_envelope(number: str = KARI, record_id: int = 1, **members: Any) -> dict[str, Any]:
    """An envelope that can be imported."""
    return {"nin": number, "consent": CONSENT, "record": an_active(record_id)} | members


async def exported(database: Database, keys: PatientKeys, number: str | None = None) -> list[dict[str, Any]]:
    """All envelopes of the store."""
    return [envelope async for envelope in export_records(database, keys, patient_number=number)]


async def rows_in(database: Database) -> dict[str, int]:
    """How many rows there are of everything an import can leave behind."""
    tables = [table_of(row) for row in (Patient, ConsentEvent, MaternityRecord, SectionVersion, Section, Change)]
    async with database.connection() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        }


def said(report: ImportReport) -> list[tuple[int, list[tuple[str, str]]]]:
    """The refused lines with path and reason of each problem."""
    return [(line.number, [(one.path, one.reason) for one in line.problems]) for line in report.refusals]


async def test_the_example_record_goes_in_and_comes_out(database: Database, keys: PatientKeys) -> None:
    """A single record, told whose it is and that she consented, comes back member for member."""
    report = await import_records(database, keys, EXAMPLE, patient_number=KARI, consent_given_at=CONSENTED_AT)
    assert (report.stored, report.refused, report.complete) == (1, 0, True)
    (envelope,) = await exported(database, keys, KARI)
    example = orjson.loads(EXAMPLE.read_bytes())
    assert same(envelope["record"], example)
    assert same(await export_record(database, example["metadata"]["recordId"]), example)
    assert envelope["nin"] == KARI
    assert envelope["consent"] == {"given": True, "at": "2026-03-01T08:00:00.000000Z"}


async def test_generated_records_come_back_through_storage(database: Database, keys: PatientKeys) -> None:
    """What the national format may say is kept by both engines: unknown members, spellings, numbers, emoji."""
    originals = {number: record(seed) for seed, number in enumerate(NUMBERS[:120])}
    care = {"orgNr": "310990019", "orgName": "Testby kommune", "units": [{"orgNr": "310990000", "orgName": None}]}
    source = a_file(*({"nin": n, "consent": CONSENT, "care": care, "record": r} for n, r in originals.items()))
    report = await import_records(database, keys, source)
    assert (report.stored, report.refused) == (120, 0)
    envelopes = await exported(database, keys)
    assert {envelope["nin"] for envelope in envelopes} == originals.keys()
    assert all(same(envelope["record"], originals[envelope["nin"]]) for envelope in envelopes)
    assert all(envelope["care"] == care for envelope in envelopes)


async def test_what_was_exported_can_be_imported(database: Database, keys: PatientKeys) -> None:
    """Export, empty the store, import: the same lines come out again."""
    await import_records(database, keys, a_file(*(an_envelope(n, i) for i, n in enumerate(NUMBERS[:5]))))
    before = await exported(database, keys)
    async with database.transaction() as connection:
        for row in (Change, Section, SectionVersion, MaternityRecord, ConsentEvent, Patient):
            await connection.execute(text(f"DELETE FROM {table_of(row).name}"))
    assert (await import_records(database, keys, a_file(*before))).stored == 5
    assert await exported(database, keys) == before


@pytest.mark.parametrize(
    ("envelope", "path", "reason"),
    [
        (an_envelope(consent=None), "consent", "CONSENT_MISSING"),
        (an_envelope(consent={"given": False}), "consent", "CONSENT_MISSING"),
        (an_envelope("15839430009"), "nin", "PATIENT_ID_INVALID"),
        (an_envelope("x"), "nin", "PATIENT_ID_INVALID"),
        (an_envelope(nin=None), "nin", "MISSING"),
        (an_envelope(record=None), "record", "MISSING"),
        (an_envelope(record={"mother": {}}), "metadata", "MISSING"),
        (an_envelope(record=an_active(mother={"name": 7})), "mother.name", "BAD_TYPE"),
    ],
)
async def test_nothing_of_a_refused_line_is_stored(
    database: Database, keys: PatientKeys, envelope: dict[str, Any], path: str, reason: str
) -> None:
    """The line, the place and the reason are told; the number is not; no row is left, not even of the person."""
    before = await rows_in(database)
    report = await import_records(database, keys, a_file(envelope))
    assert said(report) == [(1, [(path, reason)])]
    assert (report.stored, report.refused, report.complete, report.next_line) == (0, 1, False, 1)
    assert str(envelope["nin"]) not in report.refusals[0].problems[0].message.split()
    assert await rows_in(database) == before


async def test_consent_may_be_in_the_store_in_the_line_or_told(database: Database, keys: PatientKeys) -> None:
    """Any of the three will do, and each consent counts from when it was given."""
    first = await import_records(database, keys, a_file(an_envelope(KARI, 1, record=a_closed(1))))
    again = await import_records(database, keys, a_file(an_envelope(KARI, 2, consent=None)))
    told = an_envelope(AISHA, 3, consent=None)
    by_option = await import_records(database, keys, a_file(told), consent_given_at=CONSENTED_AT)
    untimed = await import_records(database, keys, a_file(an_envelope(LIV, 4, consent={"given": True})))
    assert [report.stored for report in (first, again, by_option, untimed)] == [1, 1, 1, 1]
    found = {envelope["nin"]: envelope["consent"]["at"] for envelope in await exported(database, keys)}
    assert found[KARI] == found[AISHA] == "2026-03-01T08:00:00.000000Z"
    assert found[LIV] > "2026-03-01T08:00:00.000000Z"


async def test_a_no_in_the_line_goes_before_a_yes_for_the_whole_file(database: Database, keys: PatientKeys) -> None:
    """What the caller says of all does not overrule what a line says of her, nor does the store."""
    refusing = an_envelope(KARI, 1, consent={"given": False})
    report = await import_records(database, keys, a_file(refusing), consent_given_at=CONSENTED_AT)
    assert said(report) == [(1, [("consent", "CONSENT_MISSING")])]
    await import_records(database, keys, a_file(an_envelope(KARI, 2, record=a_closed(2))))
    report = await import_records(database, keys, a_file(refusing))
    assert said(report) == [(1, [("consent", "CONSENT_MISSING")])]


async def test_an_old_consent_does_not_undo_a_withdrawal(database: Database, keys: PatientKeys) -> None:
    """She withdrew: only a consent that is known to be newer lets her record in again."""
    await import_records(database, keys, a_file(an_envelope(KARI, 1, record=a_closed(1))))
    withdrawn_at = CONSENTED_AT + timedelta(days=30)
    async with database.transaction() as connection:
        patient = (await find_patients(database, connection, keys, [KARI]))[KARI]
        await add_consent_events(connection, ConsentState.WITHDRAWN, "CITIZEN", {patient.patient_id: withdrawn_at})
    for consent in (CONSENT, {"given": True}, None, {"given": True, "at": withdrawn_at.isoformat()}):
        report = await import_records(database, keys, a_file(an_envelope(KARI, 2, consent=consent)))
        assert said(report) == [(1, [("consent", "CONSENT_MISSING")])]
    newer = {"given": True, "at": (withdrawn_at + timedelta(seconds=1)).isoformat()}
    assert (await import_records(database, keys, a_file(an_envelope(KARI, 2, consent=newer)))).stored == 1


async def test_a_record_is_stored_once(database: Database, keys: PatientKeys) -> None:
    """A record that is in the store, or earlier in the file, is refused, whoever's it is said to be."""
    await import_records(database, keys, a_file(an_envelope(KARI, 1)))
    twice = a_file(an_envelope(KARI, 1), an_envelope(AISHA, 1), an_envelope(AISHA, 2), an_envelope(LIV, 2))
    report = await import_records(database, keys, twice, keep_going=True)
    exists = [("metadata.recordId", "ALREADY_EXISTS")]
    assert said(report) == [(1, exists), (2, exists), (4, exists)]
    assert {line.problems[0].message for line in report.refusals} == {"this record is already stored"}
    assert [envelope["nin"] for envelope in await exported(database, keys)] == [KARI, AISHA]


async def test_a_woman_has_one_active_record(database: Database, keys: PatientKeys) -> None:
    """A second active record is refused, in the same file or another; closed ones may be many."""
    source = a_file(
        an_envelope(KARI, record=a_closed(1)),
        an_envelope(KARI, 2, consent=None),
        an_envelope(KARI, 3),
        an_envelope(KARI, record=a_closed(4)),
    )
    report = await import_records(database, keys, source, keep_going=True)
    assert said(report) == [(3, [("metadata.recordId", "ALREADY_EXISTS")])]
    assert report.refusals[0].problems[0].message == "she has an active record already"
    later = await import_records(database, keys, a_file(an_envelope(KARI, 5)))
    assert said(later) == [(1, [("metadata.recordId", "ALREADY_EXISTS")])]
    assert len(await exported(database, keys, KARI)) == 3


async def test_a_record_said_to_be_another_womans_is_refused(database: Database, keys: PatientKeys) -> None:
    """When the caller names one woman and the file another, neither gets the record."""
    report = await import_records(database, keys, a_file(an_envelope(KARI)), patient_number=AISHA)
    assert said(report) == [(1, [("nin", "PATIENT_ID_MISMATCH")])]
    assert await exported(database, keys) == []


BAD_THIRD = [an_envelope(n, i) for i, n in enumerate(NUMBERS[:5])]
BAD_THIRD[2] = an_envelope(NUMBERS[2], 2, record=an_active(2, mother={"name": 1}, antenatalAppointments=[{}]))


async def test_the_first_bad_line_stops_the_import(database: Database, keys: PatientKeys) -> None:
    """The lines before it are stored, those after it are not, and the report says where to go on."""
    report = await import_records(database, keys, a_file(*BAD_THIRD))
    problems = [("mother.name", "BAD_TYPE"), ("antenatalAppointments[0].appointmentDate", "MISSING")]
    assert said(report) == [(3, problems)]
    assert (report.stored, report.refused, report.complete, report.next_line) == (2, 1, False, 3)
    assert {envelope["nin"] for envelope in await exported(database, keys)} == set(NUMBERS[:2])
    repaired = [*BAD_THIRD[:2], an_envelope(NUMBERS[2], 2), *BAD_THIRD[3:]]
    report = await import_records(database, keys, a_file(*repaired), from_line=report.next_line)
    assert (report.stored, report.refused, report.complete) == (3, 0, True)


async def test_keep_going_imports_the_rest(database: Database, keys: PatientKeys) -> None:
    """Bad lines are counted and told, good ones stored."""
    report = await import_records(database, keys, a_file(*BAD_THIRD), keep_going=True)
    assert [number for number, _ in said(report)] == [3]
    assert (report.stored, report.refused, report.complete, report.next_line) == (4, 1, True, 6)
    assert len(await exported(database, keys)) == 4


async def test_what_another_process_stored_meanwhile_is_refused_line_by_line(
    database: Database, keys: PatientKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the store somebody else may be faster; the other lines of the batch do not suffer."""

    async def look_and_be_overtaken(*arguments: Any) -> Any:
        known = await look_up(*arguments)
        monkeypatch.setattr(importing, "look_up", look_up)
        await import_records(database, keys, a_file(an_envelope(NUMBERS[1], 1)))
        return known

    for keep_going, stored in ((True, 3), (False, 1)):
        monkeypatch.setattr(importing, "look_up", look_and_be_overtaken)
        async with database.transaction() as connection:
            for row in (Change, Section, SectionVersion, MaternityRecord):
                await connection.execute(text(f"DELETE FROM {table_of(row).name}"))
        source = a_file(*(an_envelope(n, i) for i, n in enumerate(NUMBERS[:4])))
        report = await import_records(database, keys, source, keep_going=keep_going)
        assert said(report) == [(2, [("metadata.recordId", "ALREADY_EXISTS")])]
        assert (report.stored, report.complete) == (stored, keep_going)


async def test_progress_is_told_after_each_transaction(database: Database, keys: PatientKeys) -> None:
    """Long files go in by batches, each whole."""
    seen: list[tuple[int, int]] = []
    source = a_file(*(an_envelope(n, i) for i, n in enumerate(NUMBERS[:450])))
    report = await import_records(
        database, keys, source, on_progress=lambda one: seen.append((one.stored, one.next_line))
    )
    assert seen == [(200, 201), (400, 401), (450, 451)]
    assert (report.stored, report.complete) == (450, True)


async def test_an_interrupted_import_leaves_whole_records_and_says_where_to_go_on(
    database: Database, keys: PatientKeys
) -> None:
    """Cancelled in the middle it finishes its transaction; going on from the line it names completes the file."""
    envelopes = [an_envelope(n, i) for i, n in enumerate(NUMBERS[:450])]
    task: asyncio.Task[ImportReport]

    def interrupt(report: ImportReport) -> None:
        asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.create_task(import_records(database, keys, a_file(*envelopes), on_progress=interrupt))
    report = await task
    assert report.interrupted
    assert not report.complete
    assert report.stored == report.next_line - 1 == 400
    assert len(await exported(database, keys)) == 400
    report = await import_records(database, keys, a_file(*envelopes), from_line=report.next_line)
    assert (report.stored, report.complete) == (50, True)


async def test_a_keyboard_interrupt_is_reported_too(database: Database, keys: PatientKeys) -> None:
    """An interrupt that strikes between two transactions loses nothing."""

    def interrupt(report: ImportReport) -> None:
        raise KeyboardInterrupt

    source = a_file(*(an_envelope(n, i) for i, n in enumerate(NUMBERS[:201])))
    report = await import_records(database, keys, source, on_progress=interrupt)
    assert (report.interrupted, report.stored, report.next_line) == (True, 200, 201)


async def test_only_so_many_refusals_are_kept(
    database: Database, keys: PatientKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is bad throughout does not fill the memory; it is still counted."""
    monkeypatch.setattr(importing, "REFUSALS_KEPT", 3)
    report = await import_records(database, keys, BytesIO(b"{}\n" * 500), keep_going=True)
    assert (report.refused, len(report.refusals), report.complete) == (500, 3, True)


async def test_export_of_an_unknown_woman_or_record(database: Database, keys: PatientKeys) -> None:
    """Nobody's records are none; a number that is none, or a record that is none, is refused."""
    assert await exported(database, keys, KARI) == []
    with pytest.raises(RecordRefusal, match="not a valid"):
        await exported(database, keys, "15839430009")
    with pytest.raises(RecordRefusal, match="no card"):
        await export_record(database, "3f2b6c1e-8d4a-4f7e-9a55-000000000099")


async def test_the_practice_named_on_an_imported_card_follows_it(database: Database, keys: PatientKeys) -> None:
    """The general practitioner's organisation number puts the card on that unit's list, beside the units of the file."""
    practice = {"generalPractitioner": {"name": "Prøvesen, Lege", "organizationId": "310990000"}}
    care = {"orgNr": "310990019", "orgName": "Testby kommune", "units": []}
    source = a_file({"nin": KARI, "consent": CONSENT, "care": care, "record": an_active(1, pointsOfContact=practice)})
    assert (await import_records(database, keys, source)).stored == 1
    async with database.connection() as connection:
        units = (await connection.execute(text("SELECT unit FROM caseload_entry ORDER BY unit"))).scalars().all()
    assert units == ["310990000", "310990019"]
