"""The catalogue of messages: whole, used, in two languages, and no text anywhere else."""

import ast
import re
from pathlib import Path
from string import Formatter

from app.domain.validation import problems
from app.domain.validation.problems import messages
from app.domain.validation.registry import RULES

FOLDER = Path(problems.__file__).parent
CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
NO_MESSAGE = {
    "ERROR",
    "WARNING",
    "POSITIVE",
    "RHESUS_FOLLOW_UP",
    "RHESUS_TYPE",
    "YEAR_IN_THE_FUTURE",
    "SCAN_DUE_DATE_FAR",
}
"""Severities, a value, and rules that say their finding in another rule's words."""


def constants() -> set[str]:
    """Every text in capitals in the code of the package, and the messages named where commands are decided."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")]
    deciding = ast.parse((FOLDER.parent / "writing.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(deciding) if isinstance(node, ast.Call) and ast.unparse(node.func) == "problem"]
    trees += [ast.Module([ast.Expr(call.args[0])], []) for call in calls]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and CONSTANT.fullmatch(text)}


def test_every_message_is_used_and_every_message_used_exists() -> None:
    """The catalogue and the code name the same messages."""
    assert constants() - NO_MESSAGE == set(messages())
    assert constants() >= NO_MESSAGE


def test_every_message_says_the_same_in_both_languages() -> None:
    """Both texts are sentences with the same places for limits, and they are not the same text."""
    for key, message in messages().items():
        fields = [
            {name for _, name, _, _ in Formatter().parse(text) if name} for text in (message.english, message.norwegian)
        ]
        assert fields[0] == fields[1], key
        assert message.english != message.norwegian
        assert all(text == text.strip() and text[-1] in ".?" for text in (message.english, message.norwegian)), key


def test_several_messages_share_a_code_only_when_they_say_so() -> None:
    """A code that is not a message's own key is one that the code of the package never uses as a key."""
    borrowed = {message.code for key, message in messages().items() if message.code != key}
    assert borrowed == {"OUT_OF_RANGE", "MALFORMED", "UNKNOWN_CODE"}
    assert all(CONSTANT.fullmatch(code) for code in borrowed)


def test_every_rule_has_words_and_a_source() -> None:
    """A rule is explained where it stands: what it asks, and who asks it."""
    for rule in RULES.values():
        assert rule.message in messages()
        assert rule.check.__doc__ and re.search(r"DQ-|GP-|profile|traps|dating|[Oo]urs", rule.check.__doc__), rule.id


def test_nothing_hints_at_what_is_never_recorded() -> None:
    """No text and no rule mentions induced abortions, or looks for what is left over between the counters."""
    texts = FOLDER.joinpath("messages.toml").read_text(encoding="utf-8").casefold()
    assert not re.search(r"abort|fewer pregnanc|remain", texts.replace("avbrutt", ""))
