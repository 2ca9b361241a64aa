"""The words of rules and of the programme: data, never in code. For the woman plain ones, for clinicians short ones."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.clinical.chart import FACTS
from app.domain.clinical.evaluation import Alert
from app.domain.described import DescribedEnum


class Wording(DescribedEnum):
    """In which language, and for whom, something is said."""

    NB = "nb", "Norwegian bokmål, for the woman."
    NN = "nn", "Norwegian nynorsk, for the woman."
    EN = "en", "English, for the woman."
    CLINICAL_NB = "clinical_nb", "Norwegian bokmål, for clinicians."
    CLINICAL_EN = "clinical_en", "English, for clinicians."

    @property
    def is_clinical(self) -> bool:
        return self in (Wording.CLINICAL_NB, Wording.CLINICAL_EN)

    @property
    def is_english(self) -> bool:
        return self in (Wording.EN, Wording.CLINICAL_EN)


@cache
def clinical_words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """By topic, key and wording, the text."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def why(alert: Alert, wording: Wording) -> str | None:
    """Why the alert is there, as a sentence; None for the woman when it is not for her."""
    text = clinical_words()["rules"][alert.rule.id].get(wording.value)
    return None if text is None else text.format(**{name: _said(value, wording) for name, value in alert.parameters})


def what_resolves(alert: Alert, wording: Wording) -> str:
    """What closes the alert."""
    return clinical_words()["resolutions"][alert.rule.resolution.value][wording.value]


def called(entry_id: str, wording: Wording) -> str | None:
    """What an entry of the programme is called; None for the woman when it is not for messages to her."""
    return clinical_words()["programme"][entry_id].get(wording.value)


def headed(moment: str, wording: Wording) -> str:
    """What a moment of the timeline is called, where it is no entry of the programme and no alert."""
    return clinical_words()["moments"][moment][wording.value]


def explained(value: str, wording: Wording) -> str:
    """What a computed value is, and what it rests on."""
    return clinical_words()["explanations"][value][wording.value]


def _said(value: Any, wording: Wording) -> str:
    if isinstance(value, tuple):
        return ", ".join(_named(name, wording) for name in value)
    if isinstance(value, float | Decimal):
        return f"{value}" if wording.is_english else f"{value}".replace(".", ",")
    return f"{value}"


def _named(name: str, wording: Wording) -> str:
    """The name of a fact, of an entry of the programme, or of a ground."""
    if name in FACTS:
        return FACTS[name].fact.english if wording.is_english else FACTS[name].fact.norwegian
    words = clinical_words()
    return words["programme" if name in words["programme"] else "grounds"][name][wording.value]
