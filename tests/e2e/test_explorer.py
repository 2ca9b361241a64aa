"""The explorer in a real browser: it works, keeps to its own server and keeps the tokens to itself.

Expects a fixture `server_url` of module or session scope: the address (such as "http://127.0.0.1:8123", no slash at
the end) of a running gateway in the development profile, with the synthetic cast and consent given by the first woman
among the personas. The gateway must serve the pages of this tree, `app/web_dist/`.

The browser is driven by `web/test/explorer.mjs`, which takes one walk and prints what it saw.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WALK_TIMEOUT_SECONDS = 120

pytestmark = pytest.mark.browser


def missing() -> str | None:
    """What the walk needs and this machine has not."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if shutil.which(chromium) is None:
        return f"no browser at {chromium}; install Chromium or say where it is in CHROMIUM"
    if not (ROOT / "app/web_dist/explorer.html").is_file():
        return "the explorer is not built: `make web`"
    if shutil.which("node") is None or not (ROOT / "web/node_modules/playwright-core").is_dir():
        return "the browser is driven from Node.js with playwright-core: `cd web && npm ci`"
    return None


@pytest.fixture(scope="module", autouse=True)
def possible() -> None:
    """Skips, with the reason, before a server is started for nothing."""
    if reason := missing():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def seen(possible: None, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the browser saw on its walk."""
    server_url = request.getfixturevalue("server_url")
    walk = subprocess.run(
        ["node", "test/explorer.mjs", server_url],
        cwd=ROOT / "web",
        capture_output=True,
        text=True,
        timeout=WALK_TIMEOUT_SECONDS,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr
    report: dict[str, Any] = json.loads(walk.stdout)
    return report


def test_page_opens_with_the_examples_as_tabs(seen: dict[str, Any]) -> None:
    """The page has its heading, and a tab for each file in `examples/`."""
    examples = list((ROOT / "web/src/explorer/examples").glob("*.graphql"))
    assert seen["heading"] == "Helsekort explorer"
    assert len(seen["tabs"]) == len(examples) > 0


def test_a_woman_sees_her_own_card(seen: dict[str, Any]) -> None:
    """The first example, run as a woman, shows her card."""
    assert "errors" not in seen["ownCard"]
    assert seen["ownCard"]["data"]["myCard"] is not None


def test_another_kind_of_person_has_another_schema_and_no_old_answer(seen: dict[str, Any]) -> None:
    """Choosing her doctor clears the woman's answer from the page, and the doctor's own question works."""
    assert seen["answerAfterSwitch"] == ""
    assert seen["ownFieldsAfterSwitch"] is False
    assert "errors" not in seen["card"]
    assert seen["card"]["data"]["card"] is not None


def test_patient_follows_the_person(seen: dict[str, Any]) -> None:
    """The `patient` variable is the chosen person's patient as long as nobody has typed another."""
    assert seen["patients"]["found"] == seen["patients"]["expected"]


def test_typed_authorization_wins(seen: dict[str, Any]) -> None:
    """A token in the Headers editor is sent in place of the chosen person's."""
    assert seen["typedHeaderWins"] is True


def test_nothing_is_asked_of_another_server(seen: dict[str, Any], server_url: str) -> None:
    """Every request goes to the gateway itself."""
    local = (f"{server_url}/", "data:", "blob:")
    assert [url for url in seen["requests"] if not url.startswith(local)] == []


def test_browser_has_nothing_to_complain_of(seen: dict[str, Any]) -> None:
    """No errors or warnings in the console, and no violation of the content security policy."""
    assert seen["console"] == []
    assert seen["violations"] == []


def test_no_token_is_kept_in_the_browser(seen: dict[str, Any]) -> None:
    """Neither a persona's token nor a typed one is in any of the browser's storage or in a cookie."""
    assert len(seen["tokens"]) > 1
    assert [token for token in seen["tokens"] if token in seen["storage"]] == []
