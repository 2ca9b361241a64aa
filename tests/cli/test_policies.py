"""The commands about the access policies."""

import json
from typing import Any

from typer.testing import CliRunner

from app.__main__ import cli


def run(*words: str) -> Any:
    return CliRunner().invoke(cli, ["policy", *words])


def test_the_policies_are_listed_with_their_days() -> None:
    """Which is in force shows, and that a draft is none."""
    assert run("list").stdout.splitlines() == [
        "pilot-2026-11  in force from 2026-11-01  (now)",
        "national-draft  a draft, proposed from 2027-09-01",
    ]


def test_a_policy_is_shown_whole() -> None:
    """Also what it does not say itself; without a name the one in force."""
    shown = json.loads(run("show", "national-draft").stdout)
    assert (shown["name"], shown["status"]) == ("national-draft", "draft")
    assert shown["roles"]["MIDWIFE"] == json.loads(run("show").stdout)["roles"]["MIDWIFE"]


def test_a_difference_is_a_line_for_each_cell_in_order() -> None:
    """Role, purpose, fact, read or write, before and after; exit code 0."""
    result = run("diff", "pilot-2026-11", "national-draft")
    assert result.exit_code == 0
    *lines, total = result.stdout.splitlines()
    assert "REPRESENTATIVE - laboratoryResults.hba1cMmolPerMol read: yes -> no" in lines
    assert "GP TREAT birthOutcome.children.bornAt write: no -> yes" in lines
    assert "GP COC antenatalVisits.heldOn read: yes -> in part" in lines
    assert "HEALTH_SECRETARY COC mother.address read at her own unit: yes -> no" in lines
    assert "PUBLIC_HEALTH_NURSE enabled: no -> yes" in lines
    cells = [line for line in lines if {"read", "write"} & set(line.split(":")[0].split())]
    assert cells == sorted(cells)
    assert total == f"{len(cells)} differences of facts, {len(lines) - len(cells)} of other terms."


def test_without_a_difference_nothing_is_listed() -> None:
    """And it is said so."""
    assert run("diff", "pilot-2026-11", "pilot-2026-11").stdout == "0 differences of facts, 0 of other terms.\n"


def test_an_unknown_name_is_said_with_those_there_are() -> None:
    """Exit code 2, in whatever place."""
    for words in (("diff", "pilot", "national-draft"), ("diff", "national-draft", "pilot"), ("show", "pilot")):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "no policy is called pilot; there are national-draft, pilot-2026-11\n"
