"""The README cannot lie: its example runs, its tables are the code's."""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from graphql import parse, validate
from typer.testing import CliRunner

from app.__main__ import cli
from app.domain.viewer import CallerKind
from app.execution.trusted import TrustedDocuments
from app.services import system_clock
from app.settings import Settings
from resolvers.views import view_for
from tests.conftest import gateway_with_cast
from tests.streams import listening_gateway
from tests.world import World

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "web/src/explorer/examples").glob("*.graphql"))


def table_after(marker: str) -> dict[str, str]:
    """First column to second of the table that follows a marker."""
    lines = README.split(marker, 1)[1].strip().splitlines()[1:]
    rows = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|", 1)])
        elif rows:
            break
    return {name: meaning for name, meaning in rows[2:]}


async def test_the_example_gives_the_answer_that_is_printed(world: World) -> None:
    """The README's query, asked as Kari, gives the README's answer."""
    query, answer = re.search(r"```graphql\n(.*?)```\s+```json\n(.*?)```", README, re.DOTALL).groups()  # type: ignore[union-attr]
    response = await world.ask("kari", query)
    assert response.json() == json.loads(answer)


async def test_the_command_that_is_printed_gives_the_answer_that_is_printed(world: World) -> None:
    """The README's visit, written down by the midwife, gives the README's answer."""
    shown = README.split("<!-- writing", 1)[1]
    command, answer = re.search(r"```graphql\n(.*?)```\s+```json\n(.*?)```", shown, re.DOTALL).groups()  # type: ignore[union-attr]
    response = await world.ask("midwife", command, patient=world.number("kari"), key="readme")
    assert response.json() == json.loads(answer)


async def test_the_command_for_a_terminal_works(world: World) -> None:
    """The body of the README's curl is answered without errors."""
    body = re.search(r"-d '(.*?)'", README)
    assert body is not None
    assert (await world.data("kari", json.loads(body[1])["query"]))["myCard"]


def test_every_setting_stands_in_the_table_with_its_meaning() -> None:
    """The settings table is the settings."""
    fields = {f"HELSEKORT_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    assert table_after("<!-- settings") == fields


def test_every_dependency_says_why_it_is_there() -> None:
    """One line per dependency, none too many."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["development"]]
    names = {re.split(r"[\[<>=~!]", entry)[0] for entry in wanted}
    reasons = table_after("<!-- dependencies")
    assert set(reasons) == names
    assert all(reasons.values())


def test_every_command_of_the_table_exists() -> None:
    """And every command there is stands in the table."""
    import typer

    documented = {line.split("`")[1].split()[0] for line in README.splitlines() if re.match(r"\| `[a-z]", line)}
    assert documented == set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_explorers_examples_are_valid_for_whom_they_are_written(path: Path) -> None:
    """Each tab validates in the view of the persona it names."""
    from app.development import all_personas

    text = path.read_text(encoding="utf-8")
    persona = re.search(r"# persona: (\S+)", text)
    kind = all_personas()[persona[1]].kind if persona else CallerKind.CLINICIAN
    assert validate(view_for(kind).graphql, parse(text)) == []


async def test_a_vendor_registers_a_document_as_it_is_told(
    strict_gateway: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's document registers with the README's words, and is then run by the README's request."""
    shown = README.split("<!-- documents", 1)[1]
    text, printed, request = re.search(
        r"```graphql\n(.*?)```.*?\$ [^\n]*\n(.*?)```.*?```\n(.*?)```", shown, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    file, registered = tmp_path / "check-up.graphql", tmp_path / "registered.json"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("HELSEKORT_TRUSTED_DOCUMENTS", str(registered))
    result = CliRunner().invoke(cli, ["documents", "register", str(file)])
    assert result.exit_code == 0, result.output
    assert set(printed.splitlines()) <= set(result.output.splitlines())

    strict_gateway.services.trusted = TrustedDocuments.from_file(registered)
    headers = {"authorization": f"Bearer {strict_gateway.token('midwife')}"}
    answer = await strict_gateway.client.post("/graphql", json=json.loads(request), headers=headers)
    assert answer.json()["data"]["card"]["withheld"] == []

    file.write_text(text.replace("MIDWIFE in TREAT", "MIDWIFE"), encoding="utf-8")
    assert CliRunner().invoke(cli, ["documents", "register", str(file)]).exit_code == 1


async def test_a_vendor_asks_with_a_proof_as_it_is_told(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's commands in a shell: an answer, a refusal with its reason, a token from the issuer."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name, value in {"PORT": str(port), "DATA_DIR": str(data_dir)}.items():
        monkeypatch.setenv(f"HELSEKORT_{name}", value)
    commands = README.split("<!-- vendor", 1)[1].split("```", 2)[1]
    commands = commands.replace(".venv/bin/helsekort", f"{sys.executable} -m app").replace(":8000", f":{port}")
    async with (
        gateway_with_cast(
            "sqlite", data_dir, tmp_path, clock=system_clock, public_url=f"http://127.0.0.1:{port}"
        ) as world,
        listening_gateway(world.services, port=port),
    ):
        shell = await asyncio.create_subprocess_exec("bash", "-ec", commands, cwd=ROOT, stdout=subprocess.PIPE)
        shown, _ = await shell.communicate()
    assert shell.returncode == 0
    answered, refused, given = json.loads("[" + shown.decode().replace("}{", "},{") + "]")
    assert answered["data"]["me"] == {"role": "GP", "purpose": "TREAT"}
    assert refused["errors"][0]["extensions"] == {"code": "INVALID_TOKEN", "reason": "EXPIRED"}
    assert given["token_type"] == "DPoP"
