"""What is asked for: pages as screens need them, and a visit."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson

from app.development import all_personas
from app.domain.viewer import CallerKind
from app.identity.development_issuer import DevelopmentIssuer
from app.services import system_clock
from resolvers.views import view_for
from tests.bench.load import request
from tests.whole_card import selection

LISTED: Final = 50
HOME_PAGE = """{ myCard { status lastUpdatedAt pregnancy { dueDateByUltrasound dueDateCorrected numberOfFetuses }
  antenatalVisits { heldOn gestationalAgeWeeks gestationalAgeDays bloodPressure { systolicMmhg diastolicMmhg } weightKg }
  symphysisFundalHeights { measuredOn symphysisFundalHeightCm } laboratoryResults { bloodType { abo rhesusD } }
  careContacts { midwife { name } generalPractitioner { name } } withheld { path reason } } consent { given } }"""
FULL_CARD = f"{{ myCard {{ {selection(view_for(CallerKind.CITIZEN).graphql, 'MaternityRecord')} }} }}"
LIST = f"""{{ caseload(first: {LISTED}) {{ edges {{ cursor node {{ recordId motherName gestationalAge {{ weeks days basis }}
  dueDate {{ on basis }} lastVisitOn lastBloodPressure {{ systolicMmhg diastolicMmhg }} openItems withheldByPatientCount
  withheld {{ path reason }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
RECORD_VISIT = """mutation RecordVisit($patient: NationalIdentityNumber!, $visit: AntenatalVisitInput!, $key: String!) {
  recordVisit(patient: $patient, visit: $visit, idempotencyKey: $key) { __typename
    ... on VisitRecorded { recordId visit { provenance { itemId version } } warnings { code } } } }"""
SEEN_BY_BOTH = """status lastUpdatedAt pregnancy { dueDateByUltrasound numberOfFetuses lastPeriodOn }
  antenatalVisits { heldOn weightKg urineProtein bloodPressure { systolicMmhg diastolicMmhg } provenance { version } }
  symphysisFundalHeights { measuredOn symphysisFundalHeightCm } laboratoryResults { bloodType { abo rhesusD } }
  careContacts { midwife { name } } withheld { path }"""
VISIT: dict[str, Any] = {
    "weightKg": 71.5, "bloodPressure": {"systolicMmhg": 118, "diastolicMmhg": 76}, "urineProtein": "NEGATIVE",
    "edemaGrade": 0, "note": "Alt vel. Kjenner liv.",
    "fetalObservations": [{"fetusNumber": 1, "fetalHeartRateBpm": 142, "motherFeelsMovements": True}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A page, who asks for it, and where the limit application has it."""

    name: str
    persona: str
    query: str
    path: str

    def requests(self, data_dir: Path, path: str = "/graphql") -> Iterator[bytes]:
        """The same request without end."""
        return itertools.repeat(request(path, token(data_dir, self.persona), orjson.dumps({"query": self.query})))


PAGES: Final = (
    Page("full card", "kari", FULL_CARD, "/card"),
    Page("full card, the limit by section", "kari", FULL_CARD, "/sections"),
    Page("woman's home page", "kari", HOME_PAGE, "/home"),
    Page(f"list of {LISTED} cards", "midwife", LIST, "/list"),
)


def token(data_dir: Path, persona: str) -> str:
    """A token for an hour."""
    found = all_personas()[persona]
    purpose = found.purpose_for(None)
    return DevelopmentIssuer(data_dir).mint(found, now=system_clock(), purpose=purpose, lifetime_seconds=3600)


def visits(data_dir: Path, numbers: Sequence[str], path: str = "/graphql") -> Iterator[bytes]:
    """A visit today for one woman after another, each with a key of its own."""
    visit = {**VISIT, "heldOn": datetime.now(UTC).date().isoformat()}
    mark, made = str(uuid4()), []
    for number in numbers:
        asks = token(data_dir, "midwife")  # an attest is for one patient
        variables = {"patient": number, "visit": visit, "key": mark}
        body = orjson.dumps({"query": RECORD_VISIT, "variables": variables})
        made.append(request(path, asks, body).split(mark.encode()))
    run = uuid4().hex[:18].encode()
    return (b"%b%b%018d%b" % (before, run, count, after) for count, (before, after) in enumerate(itertools.cycle(made)))


def cold(count: int, query: str = FULL_CARD) -> Iterator[str]:
    """Documents nobody has asked before, as large as each other."""
    mark = uuid4().hex[:8]
    for number in range(count):
        yield query.replace("status", f"status_{mark}_{number:06d}: status", 1)
