"""The command line, as somebody types it."""

import asyncio
import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from app.__main__ import cli
from app.services import make_services
from app.settings import Settings
from app.startup import ready_store
from data.database import Database
from data.synthetic.alert_cast import ALERT_CAST
from tests.databases import ENGINES, drop_database, empty_database_url
from tests.world import running

RECORD = json.loads((Path(__file__).parents[1] / "data/dhg/example_record.json").read_text(encoding="utf-8"))
NUMBER, OTHER = "15839430008", "17849644092"
CONSENT = {"given": True, "at": "2026-03-01T08:00:00Z"}


def run(*arguments: str) -> Result:
    """Run a command; an unexpected exception fails the test."""
    result = CliRunner().invoke(cli, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database that the commands use."""
    url = asyncio.run(empty_database_url(request.param, tmp_path))
    monkeypatch.setenv("HELSEKORT_DATABASE_URL", url)
    monkeypatch.setenv("HELSEKORT_DATA_DIR", str(tmp_path / "data"))
    yield url
    asyncio.run(drop_database(url))


def record(place: int, **changes: Any) -> dict[str, Any]:
    """The example record as another one."""
    made: dict[str, Any] = json.loads(json.dumps(RECORD).replace("7d0c1e40-5a31", f"7d0c1e40-{place:04d}"))
    made["metadata"]["recordId"] = f"aaaaaaaa-0000-4000-8000-{place:012d}"
    for path, value in changes.items():
        section, name = path.split("__")
        made[section][name] = value
    return made


def lines(path: Path, *envelopes: Any) -> str:
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in envelopes))
    return str(path)


def stored(url: str) -> int:
    async def count() -> int:
        database = Database(url)
        async with database.connection() as connection:
            found = (await connection.execute(text("SELECT count(*) FROM maternity_record"))).scalar()
        await database.close()
        return int(found or 0)

    return asyncio.run(count())


def test_facts_lists_the_national_facts_with_all_that_is_asked_of_them() -> None:
    """124 facts have a wire path; each has sensitivity, both labels and a type."""
    facts = json.loads(run("facts", "--json").stdout)
    wires = [fact["wire"] for fact in facts if fact["wire"]]
    assert len(wires) == len(set(wires)) == 124
    for fact in facts:
        assert fact["sensitivity"]
        assert fact["type"]
        assert fact["labels"]["no"]
        assert fact["labels"]["en"]
    assert "lifestyleFactors.stimuli[].stimuliType" in wires


def test_facts_as_a_table_is_for_people() -> None:
    """One row per fact."""
    shown = run("facts").stdout
    assert "antenatalVisits.bloodPressure" in shown
    assert "(paper only)" in shown


def test_schema_check_notices_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 when the file is not what the code prints, or not there."""
    monkeypatch.chdir(tmp_path)
    assert run("schema", "--check").exit_code == 1
    Path("schema.graphql").write_text(run("schema").stdout, encoding="utf-8")
    assert run("schema", "--check").exit_code == 0
    Path("schema.graphql").write_text(run("schema").stdout + "# more\n", encoding="utf-8")
    assert run("schema", "--check").exit_code == 1


def test_schema_of_a_view_is_smaller() -> None:
    """The machine's schema has no card."""
    assert "type MaternityRecord" in run("schema").stdout
    assert "type MaternityRecord" not in run("schema", "--view", "machine").stdout


def test_explain_says_verdict_rule_and_source() -> None:
    """For each purpose a sentence; an unknown path is exit code 2."""
    shown = run("explain", "--as", "midwife", "laboratoryResults.hivPositive").stdout
    assert "for TREAT: READ" in shown
    assert "for COC: WITHHELD (PURPOSE)" in shown
    assert "F-2" in shown
    assert "app/domain/policies/pilot-2026-11.toml" in shown
    assert run("explain", "--as", "midwife", "laboratoryResults.shoeSize").exit_code == 2


def test_a_record_goes_in_and_comes_out_the_same(store: str, tmp_path: Path) -> None:
    """The example record, member for member, through the real store."""
    file = lines(tmp_path / "one.json", json.dumps(RECORD, indent=2))
    taken = run("import", file, "--patient", NUMBER, "--consent-given-at", "2026-03-01T08:00:00")
    assert (taken.exit_code, taken.stdout) == (0, "1 stored, 0 refused.\n")
    given = run("export", "--patient", NUMBER, "--record-only")
    assert json.loads(given.stdout) == RECORD
    envelope = json.loads(run("export").stdout)
    assert (envelope["nin"], envelope["record"]) == (NUMBER, RECORD)


def test_without_recorded_consent_nothing_is_stored(store: str, tmp_path: Path) -> None:
    """Exit code 2, the reason, and an empty store."""
    file = lines(tmp_path / "one.json", json.dumps(RECORD))
    result = run("import", file, "--patient", NUMBER)
    assert result.exit_code == 2
    assert "CONSENT_MISSING" in result.stderr
    refused = run(
        "import", lines(tmp_path / "no.jsonl", {"nin": NUMBER, "consent": {"given": False}, "record": RECORD})
    )
    assert refused.exit_code == 2
    assert stored(store) == 0


BAD = {
    "MALFORMED": "{ this is not json",
    "motherWeight: BAD_TYPE": {"nin": OTHER, "consent": CONSENT, "record": None},
    "hemoglobin: OUT_OF_RANGE": {"nin": OTHER, "consent": CONSENT, "record": record(2, clinicalTests__hemoglobin=-3)},
    "code: UNKNOWN_CODE": {
        "nin": OTHER,
        "consent": CONSENT,
        "record": record(3, mother__countryOfBirth={"code": "QQ"}),
    },
    "nin: PATIENT_ID_INVALID": {"nin": "15839430009", "consent": CONSENT, "record": record(4)},
    "ALREADY_EXISTS": {"nin": NUMBER, "consent": CONSENT, "record": record(5)},
}
BAD["motherWeight: BAD_TYPE"]["record"] = copy.deepcopy(record(6))  # type: ignore[index]
BAD["motherWeight: BAD_TYPE"]["record"]["antenatalAppointments"][1]["motherWeight"] = "70.4"  # type: ignore[index]


@pytest.mark.parametrize("reason", list(BAD))
def test_a_bad_line_is_named_and_nothing_of_it_is_stored(store: str, tmp_path: Path, reason: str) -> None:
    """Line, path and reason on standard error, exit code 2; the line before it stays, the rest waits."""
    good = {"nin": NUMBER, "consent": CONSENT, "record": record(1)}
    last = {"nin": "03899444255", "consent": CONSENT, "record": record(9)}
    file = lines(tmp_path / "file.jsonl", good, BAD[reason], last)
    result = run("import", file)
    assert result.exit_code == 2
    assert f"file.jsonl:2: {'antenatalAppointments[1].' if 'Weight' in reason else ''}" in result.stderr
    assert reason in result.stderr
    assert "70.4" not in result.stderr
    assert "15839430009" not in result.stderr
    assert stored(store) == 1


def test_keep_going_imports_the_rest_and_counts(store: str, tmp_path: Path) -> None:
    """Every refused line is named, everything else is stored."""
    good = {"nin": NUMBER, "consent": CONSENT, "record": record(1), "unknown": "ignored"}
    last = {"nin": "03899444255", "consent": CONSENT, "care": {"orgNr": "310990000"}, "record": record(9)}
    result = run("import", lines(tmp_path / "file.jsonl", good, *BAD.values(), last), "--keep-going")
    assert result.exit_code == 2
    assert "2 stored, 6 refused." in result.stderr
    assert stored(store) == 2


def test_what_was_imported_can_be_read_over_http(store: str, tmp_path: Path) -> None:
    """An empty store, one import, a server: her doctor reads the card, she reads it herself."""
    file = lines(tmp_path / "file.jsonl", {"nin": OTHER, "consent": CONSENT, "record": RECORD})
    assert run("import", file).exit_code == 0

    async def ask() -> list[dict[str, Any]]:
        async with running(make_services(Settings())) as world:
            card = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
            return [
                await world.data("kari-gp", card, patient=OTHER),
                await world.data("kari", "{ myCard { mother { name } } }"),
            ]

    theirs, hers = asyncio.run(ask())
    assert theirs["card"] == hers["myCard"] == {"mother": {"name": RECORD["mother"]["name"]}}


def test_demo_loads_the_cast_into_an_empty_store_only(store: str, tmp_path: Path) -> None:
    """What somebody imported is kept as it is."""
    assert asyncio.run(ready_store(Settings())) >= 14
    assert asyncio.run(ready_store(Settings())) == 0


def test_a_population_is_made_once(store: str) -> None:
    """The same seed adds nothing the second time, and more women add the new ones."""
    assert "20 women added." in run("seed", "--women", "20", "--seed", "7").stdout
    assert "0 women added." in run("seed", "--women", "20", "--seed", "7").stdout
    assert "5 women added." in run("seed", "--women", "25", "--seed", "7").stdout


def test_the_women_who_show_the_alerts_are_made_once(store: str) -> None:
    """They are loaded once, beside whoever is there."""
    assert f"{len(ALERT_CAST)} women added." in run("seed", "--alerts").stdout
    assert "0 women added." in run("seed", "--alerts").stdout


def test_ledger_verify_says_whether_the_chains_hold(store: str) -> None:
    """Exit code 1 and the place when an entry was changed."""
    assert run("migrate").exit_code == 0

    async def one_entry_then_tampered() -> None:
        from tests.data.world import entry  # the storage tests' own entry

        services = make_services(Settings())
        await services.ledger.append(entry())
        async with services.database.transaction() as connection:
            await connection.execute(text("UPDATE ledger_entry SET entry = replace(entry, 'ALLOWED', 'REFUSED')"))
        await services.close()

    assert run("ledger", "verify").exit_code == 0
    asyncio.run(one_entry_then_tampered())
    result = run("ledger", "verify")
    assert result.exit_code == 1
    assert "the entry was changed" in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "HELSEKORT_DATABASE_URL",
            "mysql://nobody:hemmelig@host/name",
            "HELSEKORT_DATABASE_URL: mysql is not supported",
        ),
        ("HELSEKORT_DATABASE_URL", "postgresql://nobody:hemmelig@127.0.0.1:1/none", "the database cannot be reached"),
        ("HELSEKORT_PORT", "hemmelig", "HELSEKORT_PORT: Input should be a valid integer"),
        ("HELSEKORT_PROFILE", "hemmelig", "HELSEKORT_PROFILE: Input should be"),
        ("HELSEKORT_LEDGER_KEY", "hemmelig", "HELSEKORT_LEDGER_KEY is not 32 random bytes in hex"),
        ("HELSEKORT_HELSEID_JWKS", "https://hemmelig.example", "helseid_issuer, which is not set"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(tmp_path: Path, variable: str, value: str, said: str) -> None:
    """One line on standard error, exit code 2, no stack trace, no secret."""
    environment = {**os.environ, "HELSEKORT_DATA_DIR": str(tmp_path), variable: value}
    result = subprocess.run(
        [sys.executable, "-m", "app", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "hemmelig" not in result.stderr
