"""The national record's JSON as it is: how it is parsed, its own structure, its times. No fact of the card."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

METADATA: Final = "metadata"
"""The member that holds the provenance: of the record at the root, of the item in every section item."""

RECORD_ID: Final = "recordId"
STATUS_HOLDER: Final = "recordStatus"
STATUS: Final = "status"
DELIVERED_AT: Final = "deliveryDate"
LIVE_BIRTH: Final = "liveBirth"
TERMINATED_AT: Final = "terminationDate"
RECORD_LAST_UPDATED: Final = "recordLastUpdated"
"""What the root's metadata has that a section item's has not."""

AUTHOR_ALIASES: Final = {"orgNrDisplay": "orgName"}
"""Members of `lastUpdatedBy` under an older name, accepted on read and never written."""

CODE_MEMBERS: Final = {"code": "code", "display": "display", "code_system": "codeSystem"}
"""A coded value's members by their name in `CodedValue` (the wire's CodeAndSystem)."""

REQUIRED: Final = frozenset({("antenatalAppointments", "appointmentDate")})
"""Section and member that no item may be without. The national service's rule and not the declaration's: the card
lets every fact be unrecorded. Fundal heights may have the same rule; unverified, so they are taken as they are."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class WireProblem:
    """One thing wrong in a text. `message` is for people; it never repeats the value, which may be about health.

    path      where, in wire names: `antenatalAppointments[2].motherWeight`; empty for the text as a whole
    reason    BAD_TYPE, OUT_OF_RANGE, TOO_LONG, UNKNOWN_CODE, WRONG_CODE_SYSTEM, MISSING, MALFORMED, DUPLICATE …
    """

    path: str
    reason: str
    message: str


class InvalidWire(Exception):
    """A text that cannot be taken in, with everything that is wrong in it."""

    def __init__(self, problems: list[WireProblem]) -> None:
        super().__init__(", ".join(sorted({problem.reason for problem in problems})))
        self.problems = tuple(problems)


PROBLEMS_KEPT: Final = 1_000
"""More than anybody repairs by hand; a text that is wrong throughout is not told about without end."""

DEPTH_SPARED: Final = 32
"""How many levels storing a text may add to it."""


class Problems(list[WireProblem]):
    """Collects what is wrong, each thing once."""

    def note(self, path: Path, reason: str, message: str) -> None:
        """Write down one problem."""
        problem = WireProblem(spelled(path), reason, message)
        if len(self) < PROBLEMS_KEPT and problem not in self:
            self.append(problem)

    def refuse(self, path: Path, reason: str, message: str) -> Any:
        """Write down one problem of a value; what is read instead is None."""
        self.note(path, reason, message)
        return None

    def raise_if_any(self) -> None:
        """Refuse the text when something is wrong."""
        if self:
            raise InvalidWire(self)


def spelled(path: Path) -> str:
    """A path as people write it: `antenatalAppointments[2].motherWeight`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def parse(text: bytes | str) -> Any:
    """The JSON value of a text. Numbers have 64 bits, as everywhere in this format's world."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidWire([WireProblem("", "MALFORMED", f"not JSON at {where}")]) from None


def can_be_kept(value: Any) -> bool:
    """Whether a value can be written as JSON again, inside of what we wrap around it: not nested without end."""
    for _ in range(DEPTH_SPARED):
        value = [value]
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True


OSLO: Final = ZoneInfo("Europe/Oslo")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def read_instant(text: Any, path: Path, problems: Problems) -> datetime | None:
    """A timestamp in UTC. Without a zone it is Norwegian local time, as in older samples."""
    if not isinstance(text, str):
        problems.note(path, "BAD_TYPE", "must be a timestamp in a string")
    elif not _TIMESTAMP.fullmatch(text):
        problems.note(path, "MALFORMED", "must be a timestamp such as 2026-03-16T09:05:41.003311Z")
    else:
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO)).astimezone(UTC)
        except (ValueError, OverflowError):  # no such day or hour, or before year 1 in UTC
            problems.note(path, "MALFORMED", "must be a time that exists")
    return None


def spell_instant(moment: datetime) -> str:
    """A timestamp of the metadata: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def read_uuid(text: Any, path: Path, problems: Problems) -> str | None:
    """An identity in its usual spelling."""
    if not isinstance(text, str):
        problems.note(path, "BAD_TYPE", "must be a UUID in a string")
    elif not _UUID.fullmatch(text):
        problems.note(path, "MALFORMED", "must be a UUID")
    else:
        return str(UUID(text))
    return None
