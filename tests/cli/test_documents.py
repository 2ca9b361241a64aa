"""`helsekort documents`: what is registered, what is not and why, and that nothing is half written."""

import json
from pathlib import Path

import pytest

from app.execution.documents import sha256_of
from app.settings import TRUSTED_DOCUMENTS
from tests.cli.test_commands import run

FIRST = "query First { me { role } }\n"
SECOND = "query Second($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }\n"
FAILING = "query Failing($patient: NationalIdentityNumber!) {\n  card(patient: $patient) {\n    laboratoryResults {\n      hivPositive # required for: GP\n    }\n  }\n}\n"


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the commands write; it is not there yet."""
    path = tmp_path / "registered.json"
    monkeypatch.setenv("HELSEKORT_TRUSTED_DOCUMENTS", str(path))
    return path


def written(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def file(folder: Path, name: str, text: str) -> str:
    (folder / name).write_bytes(text.encode())
    return str(folder / name)


def test_documents_are_added_to_those_that_are_registered(registered: Path, tmp_path: Path) -> None:
    """To the last byte; a second time changes nothing; --replace leaves the new ones only."""
    first = file(tmp_path, "first.graphql", FIRST.replace("\n", "\r\n"))
    second = file(tmp_path, "second.graphql", SECOND)
    assert "1 registered, 0 were already." in run("documents", "register", second).stdout
    assert "1 registered, 1 were already." in run("documents", "register", second, first).stdout
    assert "0 registered, 2 were already." in run("documents", "register", second, first).stdout
    texts = (FIRST.replace("\n", "\r\n"), SECOND)
    assert written(registered) == {sha256_of(text): text for text in texts}
    assert run("documents", "register", "--replace", second).exit_code == 0
    assert written(registered) == {sha256_of(SECOND): SECOND}
    assert not list(tmp_path.glob("*.new"))


def test_it_says_who_may_send_a_document_and_what_each_loses(registered: Path, tmp_path: Path) -> None:
    """Identifier, kinds of caller, roles, purposes; and that it does not select `withheld`."""
    text = FAILING.replace("for: GP", "for: GP in TREAT")
    shown = run("documents", "register", file(tmp_path, "a.graphql", text)).stdout
    for said in (f"sha256:{sha256_of(text)}", "valid for: clinician", "laboratoryResults.hivPositive (PURPOSE)"):
        assert said in shown
    assert "laboratoryResults: all of it (ROLE)" in shown
    assert "It does not select `withheld`" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FAILING, "line 4: required for GP, and laboratoryResults.hivPositive is withheld in COC: F-2"),
        ("query { me { role } }", "name its operations"),
        ("query A { me { shoeSize } }", "line 1: Cannot query field 'shoeSize' on type 'Me'."),
        ("query A { me { rol } }", "Did you mean 'role'?"),
        ("query A { me { role # required for: EVERYBODY\n } }", "there is no role EVERYBODY"),
        ("{ me {", "Syntax Error"),
        ("{ me " + "{ unit " * 200 + "{ name }" + " }" * 200 + " }", "At most 15 levels."),
    ],
)
def test_one_that_cannot_be_registered_keeps_all_out(registered: Path, tmp_path: Path, text: str, said: str) -> None:
    """Exit code 1, the reason, and nothing written, not even the good one before it."""
    result = run("documents", "register", file(tmp_path, "a.graphql", FIRST), file(tmp_path, "b.graphql", text))
    assert result.exit_code == 1
    assert f"{tmp_path / 'b.graphql'}: " in result.stderr
    assert said in result.stderr
    assert "Nothing was registered." in result.stderr
    assert not registered.exists()


def test_a_dry_run_writes_nothing(registered: Path, tmp_path: Path) -> None:
    """It says the same."""
    result = run("documents", "register", "--dry-run", file(tmp_path, "a.graphql", FIRST))
    assert "1 would be registered, 0 were already." in result.stdout
    assert not registered.exists()


def test_a_code_generators_file_is_taken(registered: Path, tmp_path: Path) -> None:
    """Texts by their sha256, with or without prefix; each must be the text's own."""
    good = {f"sha256:{sha256_of(FIRST)}": FIRST, sha256_of(SECOND): SECOND}
    assert run("documents", "register", file(tmp_path, "a.json", json.dumps(good))).exit_code == 0
    assert set(written(registered).values()) == {FIRST, SECOND}
    for bad in (json.dumps({sha256_of(SECOND): FIRST}), json.dumps([FIRST]), json.dumps({"a": 1}), "{"):
        result = run("documents", "register", file(tmp_path, "b.json", bad))
        assert (result.exit_code, len(written(registered))) == (1, 2)
        assert "b.json: " in result.stderr


def test_a_file_that_is_not_there_or_no_text_is_said_so(registered: Path, tmp_path: Path) -> None:
    """Exit code 1."""
    (tmp_path / "x.graphql").write_bytes(b"\xff\xfe")
    for name in ("x.graphql", "none.graphql"):
        result = run("documents", "register", str(tmp_path / name))
        assert (result.exit_code, "cannot be read as UTF-8 text" in result.stderr) == (1, True)


def test_list_shows_what_is_registered(registered: Path, tmp_path: Path) -> None:
    """Identifier, operation, kinds of caller."""
    run("documents", "register", file(tmp_path, "a.graphql", SECOND))
    assert run("documents", "list").stdout == f"sha256:{sha256_of(SECOND)}  Second  clinician, secretary, machine\n"


def test_the_check_finds_what_is_no_longer_as_it_was(registered: Path, tmp_path: Path) -> None:
    """A text that was changed, a document the schema has left behind, a field the policy has taken away."""
    assert run("documents", "list", "--check").exit_code == 1
    for texts, said in (
        ({sha256_of(FIRST): SECOND}, "another sha256"),
        ({sha256_of(FAILING): FAILING}, "Failing: line 4: required for GP"),
        ({sha256_of("query Gone { gone }"): "query Gone { gone }"}, "valid for nobody"),
    ):
        registered.write_text(json.dumps(texts), encoding="utf-8")
        result = run("documents", "list", "--check")
        assert (result.exit_code, said in result.stderr) == (1, True), result.stderr
    registered.write_text(json.dumps({sha256_of(FIRST): FIRST}), encoding="utf-8")
    assert run("documents", "list", "--check").stdout == "1 documents, each as it must be.\n"


def test_registering_the_folder_gives_the_file_that_comes_with_the_gateway(registered: Path) -> None:
    """To the byte, with every required field given."""
    sources = sorted(map(str, TRUSTED_DOCUMENTS.with_name("documents").rglob("*.graphql")))
    result = run("documents", "register", *sources)
    assert result.exit_code == 0, result.stderr
    assert "does not select `withheld`" not in result.stdout
    assert registered.read_bytes() == TRUSTED_DOCUMENTS.read_bytes()
