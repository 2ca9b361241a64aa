"""Which policy is in force when, and what no policy may say."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain import contract
from app.domain.card.sections import SECTIONS
from app.domain.dated_policies import (
    FOLDER,
    NoPolicyInForce,
    Policies,
    read_policies,
    shipped_policies,
)
from app.domain.policy import Policy
from app.domain.policy_document import PolicyError, check_names
from app.domain.viewer import Role
from tests.policies import DRAFT, PILOT, changed

ROOT = Path(__file__).parents[2]
MIDNIGHT = {
    date(2026, 12, 1): datetime(2026, 11, 30, 23, tzinfo=UTC),
    date(2027, 7, 1): datetime(2027, 6, 30, 22, tzinfo=UTC),
}
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("day", MIDNIGHT, ids=["winter", "summer"])
def test_a_policy_is_in_force_from_midnight_in_norway(day: date) -> None:
    """The instant before it is the one before; no other clock counts."""
    later, turn = changed("later", day), MIDNIGHT[day]
    policies = Policies([later, PILOT])
    assert policies.at(turn - INSTANT) is PILOT
    assert policies.at(turn) is later
    assert policies.at(turn + timedelta(days=3650)) is later
    assert (policies.next_turn(turn - INSTANT), policies.next_turn(turn)) == (turn, None)


def test_before_the_first_day_there_is_none() -> None:
    """Nobody may be given anything, unless it was said that the first holds before its day."""
    before = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
    with pytest.raises(NoPolicyInForce):
        Policies([PILOT]).at(before)
    assert Policies([PILOT], first_holds_before=True).at(before) is PILOT


def test_a_draft_is_never_in_force() -> None:
    """Whatever day it names, long past or to come."""
    old = Policy({**DRAFT.document, "name": "old-draft", "valid_from": date(2020, 1, 1)})
    policies = Policies([PILOT, DRAFT, old])
    for year in range(2027, 2100, 3):
        assert policies.at(datetime(year, 1, 1, tzinfo=UTC)) is PILOT
    assert policies.find("old-draft") is old
    with pytest.raises(PolicyError, match="adopted"):
        Policies([DRAFT])


def test_it_must_be_clear_which_is_in_force() -> None:
    """Not two on one day, not two of one name; and a name that is not there is told with those that are."""
    with pytest.raises(PolicyError, match="two policies begin on one day: 2026-11-01"):
        Policies([PILOT, changed("other", PILOT.valid_from)])
    with pytest.raises(PolicyError, match="two policies have one name: pilot-2026-11"):
        Policies([PILOT, changed(PILOT.name, date(2027, 1, 1))])
    with pytest.raises(PolicyError, match=r"no policy is called pilot; there are national-draft, pilot-2026-11"):
        shipped_policies().find("pilot")


def test_two_policies_of_one_day_stop_the_start(tmp_path: Path) -> None:
    """Nothing is served, and it is said which day."""
    for room in ("app", "resolvers", "data"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "web_dist"))
    text = (FOLDER / "pilot-2026-11.toml").read_text(encoding="utf-8")
    second = text.replace('name = "pilot-2026-11"', 'name = "second"')
    (tmp_path / "app/domain/policies/second.toml").write_text(second, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "app", "serve"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "two policies begin on one day: 2026-11-01" in run.stderr


def test_a_policy_says_only_in_what_it_differs() -> None:
    """What it extends is put in, table by table; its name, day and legal basis are its own."""
    document, base = deepcopy(dict(DRAFT.document)), PILOT.document
    assert DRAFT.legal_basis != PILOT.legal_basis
    assert document["purposes"].pop("COC") != base["purposes"]["COC"]
    assert document["purposes"].items() < base["purposes"].items()
    assert document["roles"]["GP"] == {**base["roles"]["GP"], "writing": "whole_card"}
    for same in ("levels", "earlier_cards", "writing", "elevation", "aggregates"):
        assert document[same] == base[same]


EXTENDING = """extends = "{extends}"
name = "extending"
status = "adopted"
legal_basis = "none"
valid_from = 2027-01-01
"""


@pytest.mark.parametrize("extends", ["nobody", "national-draft", "extending"])
def test_only_an_adopted_policy_that_is_whole_is_extended(tmp_path: Path, extends: str) -> None:
    """So nothing changes behind a policy's back."""
    shutil.copytree(FOLDER, tmp_path / "policies")
    (tmp_path / "policies/extending.toml").write_text(EXTENDING.format(extends=extends), encoding="utf-8")
    with pytest.raises(PolicyError, match=f"policy extending extends {extends}"):
        list(read_policies(tmp_path / "policies"))


def test_a_file_is_called_as_its_policy(tmp_path: Path) -> None:
    """And is TOML."""
    shutil.copy(FOLDER / "pilot-2026-11.toml", tmp_path / "another.toml")
    with pytest.raises(PolicyError, match=r"another\.toml holds a policy of another name"):
        list(read_policies(tmp_path))
    (tmp_path / "another.toml").write_text("name =", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"another\.toml is not TOML"):
        list(read_policies(tmp_path))


def put(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


WRONG: dict[str, Callable[[dict[str, Any]], None]] = {
    "nonsense": put(True, "nonsense"),
    "status": put("in force", "status"),
    "roles.GP.enabled": put("yes", "roles", "GP", "enabled"),
    "roles.GP.matrix": put(None, "roles", "GP", "matrix"),
    "could tell of somebody": put(0, "aggregates", "minimum_cell"),
    "has the matrix half_a_card, which is not there": put("half_a_card", "roles", "GP", "matrix"),
    "GP writes novels, which is not there": put("novels", "roles", "GP", "writing"),
    "roles does not name GP": lambda document: document["roles"].pop("GP"),
    "no level, sensitivity or topic is called R9": put(["R9"], "matrices", "representative", "mother"),
    "no level, sensitivity or topic is called topic:hobbies": put(["topic:hobbies"], "matrices", "nothing", "mother"),
    "there is no section hobbies": put([], "matrices", "nothing", "hobbies"),
    "facts of medication, which is not among": put([], "writing", "nothing", "facts", "medication"),
    "mother has no fact hobbies": put(["hobbies"], "writing", "herself", "facts", "mother"),
    "there is no profession QQ": put(["LE", "QQ"], "elevation", "professions"),
    "does not say what becomes of INTIMATE": lambda document: document["earlier_cards"].pop("INTIMATE"),
    "makes PERSONAL facts less sensitive": put("ORDINARY", "earlier_cards", "PERSONAL"),
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_policy_names_only_what_exists(problem: str) -> None:
    """Nothing in it is misspelt, unknown, or laxer than the rules allow any policy to be; it is said what is wrong."""
    document = deepcopy(dict(PILOT.document))
    document["writing"]["nothing"].setdefault("facts", {})
    WRONG[problem](document)
    with pytest.raises(PolicyError, match="policy pilot-2026-11: ") as refused:
        check_names(Policy(document).said)
    assert problem in str(refused.value)


def test_the_schema_holds_what_any_adopted_policy_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is still to come included, a draft not."""
    assert contract.readers() == PILOT.readers
    assert contract.writers_of("birth_outcome") == PILOT.writers_of("birth_outcome")
    assert contract.stated_by(Role.CITIZEN, "pregnancy") == {"last_period_on"}

    def more(document: dict[str, Any]) -> None:
        document["matrices"]["representative"]["birth_plan"] = ["R"]
        document["writing"]["herself"]["facts"]["pregnancy"] = ["number_of_fetuses"]
        document["roles"]["GP"]["writing"] = "whole_card"

    both = Policies([PILOT, changed("more", date(2027, 1, 1), more), DRAFT])
    monkeypatch.setattr(contract, "shipped_policies", lambda: both)
    contract.readers.cache_clear()
    added = {path for path in contract.readers() if contract.readers()[path] != PILOT.readers.get(path)}
    contract.readers.cache_clear()
    assert {path.split(".")[0] for path in added} == {SECTIONS["birth_plan"].graphql_name}
    assert contract.writers_of("birth_outcome") == PILOT.writers_of("birth_outcome") | {Role.GP}
    assert contract.stated_by(Role.CITIZEN, "pregnancy") == {"last_period_on", "number_of_fetuses"}
    assert contract.stated_by(Role.CITIZEN, "medication") is None
