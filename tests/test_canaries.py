"""The watch over logs, traces, metrics, errors and the ledger is awake: whatever is let out on purpose is found."""

from pathlib import Path

import pytest

from tests.canaries import CANARY, WATCH, Watch
from tests.world import World

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
SIGNATURE = "sIgNaTuRe-0_" * 8


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f'{{"event": "read", "note": "{CANARY} mother.note"}}', "a text of a card"),
        ('{"patient": "15839430008"}', "an identity number"),
        ("about 15839430008", "an identity number"),
        (f"refused eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJrYXJpIn0.{SIGNATURE}", "a token"),
        (f"signed {SIGNATURE}", "a token"),
    ],
)
def test_what_must_not_be_said_is_found(text: str, what: str) -> None:
    """A text of a card, an identity number, a whole token, its signature alone."""
    watch = Watch()
    watch.sent(f"DPoP a.b.{SIGNATURE}")
    watch.look_into("a log line", text)
    (found,) = watch.taken()
    assert found.startswith(f"{what} in a log line: ")
    assert watch.taken() == []


@pytest.mark.parametrize(
    "text",
    [
        '{"seconds": 0.15839430008}', "15839430009", "f15839430008a", "6b1f0d6e-0000-4000-8000-158394300080",
        '{"hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}', "310990000", "",
    ],
)  # fmt: skip
def test_what_only_looks_alike_is_not(text: str) -> None:
    """Durations, numbers of nobody, hashes and ids."""
    watch = Watch()
    watch.sent(f"DPoP a.b.{SIGNATURE}")
    watch.look_into("a log line", text)
    assert watch.taken() == []


def test_errors_are_looked_into_wherever_they_stand() -> None:
    """Those of an answer and those of a stream; what is data is nobody's business here."""
    watch = Watch()
    watch.look_into_errors({"data": {"note": CANARY}})
    assert watch.taken() == []
    watch.look_into_errors({"data": None, "errors": [{"message": CANARY}]})
    watch.look_into_errors([{"message": CANARY}])
    assert len(watch.taken()) == 2


LEAKS = f"""
    import sys
    from datetime import UTC, datetime

    import httpx
    import pytest

    from app.domain.ledger import LedgerEntry, Outcome
    from app.observability import REFUSALS, configure_logging, log, span
    from tests.canaries import look_into_file

    configure_logging("INFO")

    def test_nothing():
        log.info("request", status=200)

    def test_log():
        log.info("request", patient="15839430008")

    def test_stderr():
        print("{CANARY} mother.name", file=sys.stderr)

    def test_stdout():
        print("{CANARY} mother.name")

    def test_ledger():
        LedgerEntry(event_id="e", at=datetime.now(UTC), patient_id="p", outcome=Outcome.ALLOWED, policy="p", actor_name="{CANARY}").as_json()

    def test_trace():
        with span("graphql", caller="{CANARY}"):
            pass

    def test_process(tmp_path):
        (tmp_path / "log").write_text("{CANARY}")
        look_into_file(tmp_path / "log")

    @pytest.mark.parametrize("body", [{{"errors": [{{"message": "{CANARY}"}}]}}, {{"data": "{CANARY}"}}], ids=["error", "data"])
    async def test_answer(body):
        answering = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
        async with httpx.AsyncClient(transport=answering, base_url="http://here") as client:
            await client.post("/graphql")

    async def test_signature():
        answering = httpx.MockTransport(lambda request: httpx.Response(200, json={{"data": {{}}}}))
        async with httpx.AsyncClient(transport=answering, base_url="http://here") as client:
            await client.post("/graphql", headers={{"authorization": "DPoP a.b.{SIGNATURE}"}})
        log.warning("refused", said="{SIGNATURE}")

    def test_metrics():
        REFUSALS.labels("15839430008").inc()
"""
CAUGHT = {"log", "stderr", "ledger", "trace", "process", "answer[error]", "signature", "metrics"}


@pytest.mark.parametrize("processes", [0, 2], ids=["one process", "xdist"])
def test_a_test_that_lets_something_out_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """A run of its own with leaks in it: each is put down to its test, and tests without one pass."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nasyncio_mode = "auto"')
    pytester.makepyfile(LEAKS)
    result = pytester.runpytest_subprocess("-p", "tests.watching", "-n", f"{processes}", "-rfE", "--tb=line")
    told = {line.split("::test_")[1].split(" ")[0] for line in result.outlines if line.startswith(("FAILED", "ERROR"))}
    assert told == CAUGHT
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*What must never be said was said.*"])


async def test_the_suite_is_watched(gateway: World, pytestconfig: pytest.Config) -> None:
    """This run has the plugin, and the tokens of its clients are known to it."""
    assert pytestconfig.pluginmanager.has_plugin("tests.watching")
    await gateway.data("kari", "{ me { role } }")
    token = gateway.token("kari")
    await gateway.send(token, "{ me { role } }")
    assert token.rsplit(".", 1)[1] in WATCH.signatures
