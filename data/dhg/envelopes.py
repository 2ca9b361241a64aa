"""The files we take in and give out: a national record by itself, or lines that say whose it is.

    {"nin": …, "consent": {"given": …, "at": …}, "care": {"orgNr": …, "orgName": …, "gp": {…}, "midwife": {…},
     "units": [{…}]}, "record": {…}}

One line, one record. `consent` and `care` are optional; members we do not know are ignored. A file holds either such
lines (a line may also be a record by itself) or one JSON document over any number of lines; its content tells which.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path as FilePath
from typing import Any, BinaryIO, Final

from app.domain.consent import Consent
from app.domain.record import CareUnit, StoredRecord
from data.dhg.mapping import to_wire
from data.dhg.wire import METADATA, InvalidWire, Path, Problems, WireProblem, parse, read_instant, spell_instant

DOCUMENT_MAX_BYTES: Final = 16 * 1024 * 1024
"""What one record over many lines may take; a larger file can only be lines."""

RECORD: Final = "record"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_UNIT_NUMBERS: Final = ("orgNr", "organizationId")
_UNIT_NAMES: Final = ("orgName", "organizationName")

Numbered = tuple[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A record and what came with it.

    consent_given   what the line says about her consent; None when it says nothing
    consent_at      since when, if it says so
    """

    record: Any
    national_identity_number: str | None = None
    consent_given: bool | None = None
    consent_at: datetime | None = None
    care_units: tuple[CareUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a file: where it begins, and the envelope or what is wrong with it."""

    number: int
    envelope: Envelope | None
    problems: tuple[WireProblem, ...] = ()


def read_file(source: FilePath | BinaryIO, *, from_line: int = 1) -> Generator[Line]:
    """The records of a file in order, read as they are asked for. Lines before `from_line` are passed over unread."""
    opened: AbstractContextManager[BinaryIO] = (
        source.open("rb") if isinstance(source, FilePath) else nullcontext(source)
    )
    with opened as stream:
        for number, text in _texts(enumerate(stream, 1)):
            if number >= from_line:
                yield _read_line(number, text)


def envelope_of(number: str, consent: Consent, record: StoredRecord) -> dict[str, Any]:
    """A line for a stored record; importing it elsewhere gives the same record."""
    given_at = None if consent.changed_at is None else spell_instant(consent.changed_at)
    return {
        "nin": number,
        "consent": {"given": consent.given, "at": given_at},
        "care": _write_care(record.care_units),
        RECORD: to_wire(record),
    }


def _write_care(units: list[CareUnit]) -> dict[str, Any] | None:
    texts: list[dict[str, Any]] = [
        {"orgNr": unit.organisation_number, "orgName": unit.organisation_name} for unit in units
    ]
    if not texts:
        return None
    return texts[0] if len(texts) == 1 else {**texts[0], "units": texts[1:]}


# --- lines or one document -------------------------------------------------------------------------------------------


def _texts(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """The text of each record and the line it begins on."""
    rest = iter(lines)
    first = next(((number, text) for number, text in _without_mark(rest) if text.strip()), None)
    if first is None:
        return
    begun = chain([first], rest) if _is_json(first[1]) else _document_or_lines(first, rest)
    yield from ((number, text) for number, text in begun if text.strip())


def _without_mark(lines: Iterator[Numbered]) -> Iterator[Numbered]:
    return ((number, text.removeprefix(_BYTE_ORDER_MARK) if number == 1 else text) for number, text in lines)


def _document_or_lines(first: Numbered, rest: Iterator[Numbered]) -> Iterable[Numbered]:
    """A first line that is no JSON begins a document over many lines, or is a bad line among good ones."""
    begun, size = [first], len(first[1])
    for line in rest:
        begun.append(line)
        size += len(line[1])
        if size > DOCUMENT_MAX_BYTES:
            return chain(begun, rest)
    document = b"".join(text for _, text in begun)
    if not _is_json(document) and any(_is_record_or_envelope(text) for _, text in begun[1:]):
        return begun
    return [(first[0], document)]


def _is_json(text: bytes) -> bool:
    try:
        parse(text)
    except InvalidWire:
        return False
    return True


def _is_record_or_envelope(text: bytes) -> bool:
    try:
        value = parse(text)
    except InvalidWire:
        return False
    return isinstance(value, dict) and (METADATA in value or RECORD in value)


# --- one line --------------------------------------------------------------------------------------------------------


def _read_line(number: int, text: bytes) -> Line:
    problems = Problems()
    try:
        envelope = _read_envelope(parse(text), problems)
    except InvalidWire as malformed:
        return Line(number, None, malformed.problems)
    return Line(number, None, tuple(problems)) if problems else Line(number, envelope)


def _read_envelope(value: Any, problems: Problems) -> Envelope | None:
    if not isinstance(value, dict):
        problems.note((), "BAD_TYPE", "must be an object: a record, or an envelope with a record")
        return None
    if METADATA in value:
        return Envelope(record=value)
    if value.get(RECORD) is None:
        problems.note((RECORD,), "MISSING", "must be given")
    given, given_at = _read_consent(value.get("consent"), problems)
    return Envelope(
        record=value.get(RECORD),
        national_identity_number=_read_text(value, ("nin",), ("nin",), problems),
        consent_given=given,
        consent_at=given_at,
        care_units=_read_care(value.get("care"), problems),
    )


def _read_consent(consent: Any, problems: Problems) -> tuple[bool | None, datetime | None]:
    path: Path = ("consent",)
    if consent is None:
        return None, None
    if not isinstance(consent, dict):
        problems.note(path, "BAD_TYPE", "must be an object")
        return None, None
    given = consent.get("given")
    if not isinstance(given, bool):
        problems.note((*path, "given"), "MISSING" if given is None else "BAD_TYPE", "must be true or false")
        return None, None
    at = consent.get("at")
    return given, None if at is None else read_instant(at, (*path, "at"), problems)


def _read_care(care: Any, problems: Problems) -> tuple[CareUnit, ...]:
    """Which units follow the card: the one that sent it, those of her general practitioner and her midwife, others."""
    path: Path = ("care",)
    units: dict[str, CareUnit] = {}
    others = care.get("units") if isinstance(care, dict) else None
    if not isinstance(others, list | None):
        problems.note((*path, "units"), "BAD_TYPE", "must be a list")
        others = None
    places = [(care, path)]
    if isinstance(care, dict):
        places += [(care.get(who), (*path, who)) for who in ("gp", "midwife")]
        places += [(unit, (*path, "units", index)) for index, unit in enumerate(others or [])]
    for place, where in places:
        unit = None if place is None else _read_unit(place, where, problems)
        if unit is not None:
            units.setdefault(unit.organisation_number, unit)
    return tuple(units.values())


def _read_unit(text: Any, path: Path, problems: Problems) -> CareUnit | None:
    if not isinstance(text, dict):
        problems.note(path, "BAD_TYPE", "must be an object")
        return None
    number, name = _read_text(text, _UNIT_NUMBERS, path, problems), _read_text(text, _UNIT_NAMES, path, problems)
    return CareUnit(organisation_number=number, organisation_name=name) if number else None


def _read_text(text: dict[str, Any], names: tuple[str, ...], path: Path, problems: Problems) -> str | None:
    """The first of these members that is given. Columns hold it, so it is a plain text of reasonable length."""
    name = next((name for name in names if text.get(name) is not None), None)
    if name is None:
        return None
    value, where = text[name], path if path == (name,) else (*path, name)
    if not isinstance(value, str):
        problems.note(where, "BAD_TYPE", "must be a string")
    elif len(value) > 256 or "\0" in value:
        problems.note(where, "MALFORMED", "must be a text of at most 256 characters")
    else:
        return value.strip()
    return None
