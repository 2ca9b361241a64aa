"""`helsekort rules`: the catalogue of clinical rules, for people and for programs."""

import json

from app.domain.clinical.registry import catalogue
from tests.cli.test_commands import run


def test_the_catalogue_is_printed() -> None:
    """Id, version, sources, status and, where a rule is off, the reason."""
    entries = {entry["id"]: entry for entry in json.loads(run("rules", "--json").stdout)}
    assert set(entries) == {entry.id for entry in catalogue()}
    assert entries["BP-4"] == {
        "id": "BP-4", "version": 1, "sources": ["NGF-PE", "WHO-ANC", "NG133"], "evidence": "TWO_SOURCES",
        "status": "on", "reason": None,
    }  # fmt: skip
    assert entries["FM-3"]["status"] == "off" and entries["FM-3"]["reason"] == "Not verified in a source."
    assert all((entry["status"] == "off") == bool(entry["reason"]) for entry in entries.values())


def test_it_is_a_table_for_people() -> None:
    """One line a rule."""
    printed = run("rules").stdout
    assert "BP-4" in printed and "Symptoms are not recorded on the card." in printed
