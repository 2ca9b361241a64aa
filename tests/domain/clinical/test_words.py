"""The words: whole, for whom they are, with the same places in every language; none in code."""

import re
from string import Formatter

import pytest

from app.domain.clinical.catalogue import RULES, Resolution, sources_known
from app.domain.clinical.evaluation import all_rules
from app.domain.clinical.registry import PROGRAMME
from app.domain.clinical.rules.not_on_the_card import NOT_ON_THE_CARD
from app.domain.clinical.words import Wording, called, clinical_words, what_resolves, why
from tests.domain.clinical.charts import DATED, day, only
from tests.domain.clinical.scenarios import SCENARIOS

ALL = {wording.value for wording in Wording}
CLINICAL = {wording.value for wording in Wording if wording.is_clinical}
WORDS = clinical_words()


def test_every_rule_has_words_for_those_it_is_for() -> None:
    """Clinicians always; the woman when the rule is for her, and never otherwise."""
    assert {rule_id: set(words) for rule_id, words in WORDS["rules"].items()} == {
        rule.id: ALL if rule.is_for_the_woman else CLINICAL for rule in all_rules()
    }


def test_every_entry_and_every_resolution_has_words() -> None:
    """A private entry of the programme has none for the woman: nobody else may read it over her shoulder."""
    assert {entry_id: set(words) for entry_id, words in WORDS["programme"].items()} == {
        entry.id: CLINICAL if entry.private else ALL for entry in PROGRAMME
    }
    assert {key: set(words) for key, words in WORDS["resolutions"].items()} == {each.value: ALL for each in Resolution}
    assert all(set(words) == CLINICAL for words in WORDS["grounds"].values())


@pytest.mark.parametrize("rule_id", SCENARIOS)
def test_every_alert_can_be_said(rule_id: str) -> None:
    """Whatever its text names is among its parameters; what is named by a key has a name."""
    scenario = SCENARIOS[rule_id]
    (alert,) = only(rule_id, scenario.documents, scenario.as_of, born_on=scenario.born_on)
    for wording in Wording:
        text = why(alert, wording)
        assert (text is None) == (not wording.is_clinical and not RULES[rule_id].is_for_the_woman)
        assert text is None or not re.search(r"[{}]|None|_[a-z]", text), text
        assert what_resolves(alert, wording)


def test_the_languages_name_the_same_things() -> None:
    """The two clinical texts have the same places, and so have the woman's three; each text is a sentence."""
    for rule_id, words in WORDS["rules"].items():
        for group in (CLINICAL, ALL - CLINICAL):
            places = {
                frozenset(name for _, name, _, _ in Formatter().parse(words[key]) if name)
                for key in group & words.keys()
            }
            assert len(places) <= 1, rule_id
        assert all(text == text.strip() and text[-1] in ".?" for text in words.values()), rule_id


def test_numbers_are_written_as_the_language_has_them() -> None:
    """A comma in Norwegian, a point in English; grounds and tests by their names."""
    (alert,) = only("HB-1", {"laboratory_results": {"hemoglobin_third_trimester_g_per_dl": 10.9}}, day(28))
    assert "10,9" in (why(alert, Wording.NB) or "") and "10.9" in (why(alert, Wording.EN) or "")
    (missing,) = only("RH-5", {"pregnancy": DATED}, day(14))
    assert "RhD type, Red cell antibodies" in (why(missing, Wording.CLINICAL_EN) or "")
    (aspirin,) = only("ASA-1", SCENARIOS["ASA-1"].documents, day(12))
    assert "diabetes" in (why(aspirin, Wording.CLINICAL_NB) or "")


def test_a_private_entry_is_not_called_anything_to_the_woman() -> None:
    """The question about violence."""
    assert called("VIOLENCE", Wording.NB) is None and called("VIOLENCE", Wording.CLINICAL_NB)
    assert called("V24", Wording.NN) == "Kontroll i veke 24"


def test_every_source_is_used_and_published() -> None:
    """No rule without a source, no source without a rule."""
    used = {source for known in (*all_rules(), *PROGRAMME, *NOT_ON_THE_CARD) for source in known.sources}
    assert used == sources_known().keys()
    assert all(known.sources for known in (*all_rules(), *PROGRAMME, *NOT_ON_THE_CARD))


def test_nothing_hints_at_what_is_never_recorded() -> None:
    """No text mentions induced abortions."""
    assert "abort" not in str(WORDS).casefold()
