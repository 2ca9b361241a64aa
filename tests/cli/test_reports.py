"""The batch that makes the evaluators' reports, as an operator starts it."""

from pathlib import Path

import pytest

from app.domain.aggregates import ReportName
from app.keys import ConfigurationError
from tests.cli.test_commands import run


def test_reports_are_made_once_and_then_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an empty store there are none; of thirty women all; a second run over the same women changes nothing."""
    monkeypatch.setenv("HELSEKORT_DATA_DIR", str(tmp_path))
    with pytest.raises(ConfigurationError, match="not migrated"):
        run("reports", "make")
    run("migrate")
    assert set(said()) == {f"{name}: AGGREGATE_TOO_SMALL" for name in ReportName}
    run("seed", "--women", "30", "--seed", "1")
    assert said()[0] == "WEEKS: published"
    assert set(said()) == {f"{name}: AGGREGATE_TOO_SMALL" for name in ReportName}


def said() -> list[str]:
    result = run("reports", "make")
    assert result.exit_code == 0
    return result.output.splitlines()
