"""Files of records: what they may look like, and how each line is read."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import orjson
import pytest

from app.domain.consent import Consent, ConsentState
from app.domain.record import CareUnit
from data.dhg import envelopes
from data.dhg.envelopes import Line, envelope_of, read_file
from data.dhg.mapping import to_stored, to_wire
from data.dhg.residue import same
from tests.data.dhg.generated import record
from tests.data.dhg.test_mapping import EXAMPLE
from tests.data.dhg.test_traps import a_record

NUMBER = "15839430008"
MIDWIFERY = CareUnit(organisation_number="310990019", organisation_name="Testby kommune, jordmortjenesten")
PRACTICE = CareUnit(organisation_number="310990000")


def an_envelope(**members: Any) -> dict[str, Any]:
    """An envelope with everything in order."""
    consent = {"given": True, "at": "2026-03-01T08:00:00Z"}
    care = {"orgNr": "310990019", "orgName": "Testby kommune, jordmortjenesten"}
    return {"nin": NUMBER, "consent": consent, "care": care, "record": a_record()} | members


def lines_of(*texts: Any) -> list[Line]:
    """The lines of a file made of these values, one each."""
    return list(read_file(BytesIO(b"\n".join(orjson.dumps(text) for text in texts))))


def problems_of(line: Line) -> list[tuple[str, str]]:
    """Path and reason of what is wrong with a line."""
    assert (line.envelope is None) == bool(line.problems)
    return [(problem.path, problem.reason) for problem in line.problems]


def test_a_file_of_envelopes_is_read_line_by_line() -> None:
    """Each line tells whose record it is, her consent and the unit that cares for her; the rest is ignored."""
    first, second = lines_of(an_envelope(), an_envelope(nin=None, consent=None, care=None, sender={"x": 1}))
    assert (first.number, second.number) == (1, 2)
    assert first.envelope is not None
    assert first.envelope.national_identity_number == NUMBER
    assert first.envelope.consent_given is True
    assert first.envelope.consent_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert first.envelope.care_units == (
        CareUnit(organisation_number="310990019", organisation_name="Testby kommune, jordmortjenesten"),
    )
    assert second.envelope is not None
    assert (second.envelope.national_identity_number, second.envelope.consent_given) == (None, None)
    assert second.envelope.care_units == ()


def test_further_units_come_from_practitioner_midwife_and_list() -> None:
    """Whoever carries an organisation number follows the card; the record's own contacts stay as delivered."""
    care = {
        "orgNr": "310990019",
        "gp": {"name": "Prøvesen, Lege", "organizationId": "310990000", "organizationName": "Testby legesenter"},
        "midwife": {"name": "Modell, Jordmor", "orgNr": "310990019"},
        "units": [{"orgNr": "310990027", "orgName": "Testby sykehus"}, {"orgName": "no number"}],
    }
    (line,) = lines_of(an_envelope(care=care))
    assert line.envelope is not None
    assert [unit.organisation_number for unit in line.envelope.care_units] == ["310990019", "310990000", "310990027"]
    assert "pointsOfContact" not in line.envelope.record


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf", b"\n\n", b"\xef\xbb\xbf\r\n"])
def test_a_single_record_may_be_printed_over_many_lines(prefix: bytes) -> None:
    """One JSON document, pretty or not, with or without a byte order mark, is one record."""
    record = orjson.loads(EXAMPLE.read_bytes())
    for text in (
        EXAMPLE.read_bytes(),
        orjson.dumps(record),
        orjson.dumps({"metadata": {}}, option=orjson.OPT_INDENT_2),
    ):
        (line,) = read_file(BytesIO(prefix + text))
        assert line.envelope is not None
        assert same(line.envelope.record, orjson.loads(text))
    (line,) = read_file(BytesIO(prefix + orjson.dumps(an_envelope(), option=orjson.OPT_INDENT_2)))
    assert line.envelope is not None
    assert line.envelope.national_identity_number == NUMBER


def test_a_file_is_read_from_its_path() -> None:
    """A path does as well as a stream."""
    (line,) = read_file(EXAMPLE)
    assert line.envelope is not None


def test_records_by_themselves_may_be_lines_too() -> None:
    """A line that is a record says nothing about whose it is."""
    first, second = lines_of(a_record(), a_record(mother={"name": "Eksempel, Testine"}))
    assert first.envelope is not None
    assert second.envelope is not None
    assert second.envelope.record["mother"] == {"name": "Eksempel, Testine"}


def test_blank_lines_are_passed_over_and_counted() -> None:
    """Line numbers are those an editor shows."""
    text = b"\n" + orjson.dumps(an_envelope()) + b"\r\n  \n\n" + orjson.dumps(an_envelope()) + b"\n\n"
    assert [line.number for line in read_file(BytesIO(text))] == [2, 5]
    assert [line.number for line in read_file(BytesIO(text), from_line=3)] == [5]
    assert list(read_file(BytesIO(b""))) == []
    assert list(read_file(BytesIO(b"\xef\xbb\xbf\n \n"))) == []


def test_a_bad_line_among_good_ones_is_one_problem() -> None:
    """Wherever it is, the first line too, a broken line does not take the others with it."""
    good = orjson.dumps(an_envelope())
    for position in range(3):
        texts = [good, good, good]
        texts[position] = good[:-7]
        lines = list(read_file(BytesIO(b"\n".join(texts))))
        assert [line.number for line in lines] == [1, 2, 3]
        assert problems_of(lines[position]) == [("", "MALFORMED")]
        assert sum(line.envelope is not None for line in lines) == 2


def test_a_broken_document_is_one_problem_with_its_place() -> None:
    """Half a pretty-printed record is not a thousand bad lines."""
    text = EXAMPLE.read_bytes()
    (line,) = read_file(BytesIO(text[: len(text) // 2]))
    assert problems_of(line) == [("", "MALFORMED")]
    assert "line " in line.problems[0].message


def test_a_large_file_with_a_bad_first_line_is_still_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so much is held in memory to find out what the file is."""
    monkeypatch.setattr(envelopes, "DOCUMENT_MAX_BYTES", 1_000)
    lines = list(read_file(BytesIO(b"{broken\n" + b"\n".join([orjson.dumps(an_envelope())] * 20))))
    assert [line.number for line in lines] == list(range(1, 22))
    assert problems_of(lines[0]) == [("", "MALFORMED")]


@pytest.mark.parametrize(
    ("members", "path", "reason"),
    [
        ({"record": None}, "record", "MISSING"),
        ({"nin": 15839430008}, "nin", "BAD_TYPE"),
        ({"nin": "1" * 300}, "nin", "MALFORMED"),
        ({"consent": True}, "consent", "BAD_TYPE"),
        ({"consent": {}}, "consent.given", "MISSING"),
        ({"consent": {"given": "true"}}, "consent.given", "BAD_TYPE"),
        ({"consent": {"given": True, "at": "2026"}}, "consent.at", "MALFORMED"),
        ({"consent": {"given": True, "at": 2026}}, "consent.at", "BAD_TYPE"),
        ({"care": "310990019"}, "care", "BAD_TYPE"),
        ({"care": {"orgNr": 310990019}}, "care.orgNr", "BAD_TYPE"),
        ({"care": {"orgNr": "310990019", "orgName": "a\0b"}}, "care.orgName", "MALFORMED"),
        ({"care": {"gp": []}}, "care.gp", "BAD_TYPE"),
        ({"care": {"midwife": {"organizationId": 7}}}, "care.midwife.organizationId", "BAD_TYPE"),
        ({"care": {"units": {}}}, "care.units", "BAD_TYPE"),
        ({"care": {"units": [7]}}, "care.units[0]", "BAD_TYPE"),
    ],
)
def test_what_is_wrong_with_an_envelope_is_named(members: dict[str, Any], path: str, reason: str) -> None:
    """Place and reason, and the identity number is never in the message."""
    (line,) = lines_of(an_envelope(**members))
    assert problems_of(line) == [(path, reason)]
    assert NUMBER not in line.problems[0].message


def test_a_line_that_is_no_object_is_refused() -> None:
    """A number, a string or a list is neither a record nor an envelope."""
    assert [problems_of(line) for line in lines_of(7, "record", [a_record()])] == [[("", "BAD_TYPE")]] * 3
    assert problems_of(lines_of({"nin": NUMBER})[0]) == [("record", "MISSING")]


def test_an_envelope_written_is_read_as_the_same() -> None:
    """Export and import agree on every part of a line."""
    consent = Consent(ConsentState.ACTIVE, datetime(2026, 3, 1, 8, tzinfo=UTC))
    units = [
        CareUnit(organisation_number="310990019", organisation_name="A"),
        CareUnit(organisation_number="310990000"),
    ]
    for seed in range(20):
        stored = to_stored(record(seed))
        stored.care_units = units[: seed % 3]
        (line,) = lines_of(envelope_of(NUMBER, consent, stored))
        assert line.envelope is not None
        assert line.envelope.care_units == tuple(stored.care_units)
        assert line.envelope.consent_at == consent.changed_at
        assert same(to_wire(to_stored(line.envelope.record)), record(seed))
