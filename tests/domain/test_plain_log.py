"""Her access log as sentences: who, what, why, in her language; sections, and never a number."""

import re
from typing import Any

import pytest

from app.domain.card.sections import SECTIONS
from app.domain.ledger import ABSENT, LISTS, SEARCH
from app.domain.plain_log import Language, hides_name, in_plain_words, words_of_log
from app.domain.viewer import Purpose, Role

GP = {
    "role": "GP", "outcome": "ALLOWED", "actor_name": "Lege Legesen", "organisation_name": "Testby legesenter",
    "purpose": "TREAT", "released": ["antenatalVisits.note", "antenatalVisits.heldOn", "mother.name"],
}  # fmt: skip


def sentence(language: Language = Language.NB, *, hides_name: bool = False, **said: Any) -> str:
    return in_plain_words({**ABSENT, **GP, **said}, language, hides_name=hides_name)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, så kontrollene og opplysningene om deg, fordi du fikk helsehjelp."),
        ({"outcome": "PARTIAL", "released": ["mother.name"]}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, så opplysningene om deg, fordi du fikk helsehjelp. Noe ble ikke vist."),
        ({"released": [], "written": ["antenatalVisits.x.0>1"]}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, endret kontrollene, fordi du fikk helsehjelp."),
        ({"released": [], "outcome": "REFUSED", "refusal": "ACCESS_BLOCKED_BY_PATIENT", "purpose": "COC"}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, prøvde å åpne helsekortet ditt, men ble stoppet fordi du har sperret, for å samordne helsehjelpen din."),
        ({"released": [], "outcome": "FAILED"}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, prøvde å åpne helsekortet ditt, men noe gikk galt, og ingenting ble vist, fordi du fikk helsehjelp."),
        ({"purpose": "ETREAT", "released": ["medication.note"], "elevated": {"reason_code": "4", "ends_at": ""}}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, så legemidler, fordi det var en akuttsituasjon. Det du har sperret, ble åpnet."),
        ({"role": "CITIZEN", "purpose": None, "organisation_name": None, "released": ["accessLog"]}, "Du så innsynsloggen."),
        ({"role": "REPRESENTATIVE", "purpose": None, "organisation_name": None, "released": ["pregnancy.x"]}, "Lege Legesen, på dine vegne, så svangerskapet."),
        ({"role": "EHR_SYSTEM", "actor_name": None, "client_name": "Journal", "purpose": None, "released": ["cardStatus"]}, "Systemet Journal ved Testby legesenter sjekket om du har et helsekort."),
        ({"role": "EHR_SYSTEM", "actor_name": None, "purpose": None, "released": [], "outcome": "REFUSED"}, "Systemet uten navn ved Testby legesenter prøvde å sjekke om du har et helsekort, men fikk ikke svar."),
        ({"released": ["cardStatus"]}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, sjekket om du har et helsekort, fordi du fikk helsehjelp."),
        ({"released": []}, "Lege Legesen, fastlege eller lege på legekontor ved Testby legesenter, åpnet helsekortet ditt, uten at noe sto der som ble spurt etter, fordi du fikk helsehjelp."),
    ],
)  # fmt: skip
def test_a_sentence_says_who_did_what_and_why(said: dict[str, Any], told: str) -> None:
    """One sentence for each way an entry can be."""
    assert sentence(**said) == told


def test_it_is_told_in_three_languages() -> None:
    """Bokmål, nynorsk, English."""
    released = ["medication.note", "laboratoryResults.hivPositive"]
    assert sentence(Language.NN, released=released).endswith("såg prøvesvar og legemiddel, fordi du fekk helsehjelp.")
    assert sentence(Language.EN, released=released).endswith(
        "saw test results and medication, because you were given care."
    )


def test_staff_of_emergency_units_may_be_told_by_their_unit() -> None:
    """In the person's place stands the unit; of others nothing is hidden."""
    entry = {**ABSENT, **GP, "role": "HOSPITAL", "unit_kind": "EMERGENCY_CARE", "organisation_name": "Testby legevakt"}
    assert hides_name(entry, by_unit=True) and not hides_name(entry, by_unit=False)
    assert not hides_name({**entry, "unit_kind": "HOSPITAL"}, by_unit=True)
    told = in_plain_words(entry, Language.NB, hides_name=True)
    assert "Legesen" not in told and told.startswith("Lege eller jordmor på sykehus ved Testby legevakt så ")


def test_the_languages_have_the_same_words() -> None:
    """Whatever is told in one is told in all; every section, role and purpose has words."""
    words = words_of_log()
    shapes = {
        language: {
            (topic, name) for topic, said in table.items() for name in (said if isinstance(said, dict) else [""])
        }
        for language, table in words.items()
    }
    assert set(shapes) == {language.value for language in Language}
    assert len({frozenset(shape) for shape in shapes.values()}) == 1
    for table in words.values():
        assert set(table["role"]) == set(Role) - {Role.CITIZEN, Role.EHR_SYSTEM}
        assert set(table["purpose"]) == set(Purpose)
        assert {section.graphql_name for section in SECTIONS.values()} | set(LISTS) - {
            SEARCH,
            "exportAccessLog",
        } <= set(table["thing"])


def test_no_fact_is_named_and_no_number_told() -> None:
    """Sections only: that a test was for HIV is not said, nor are numbers of people and units."""
    told = sentence(released=["laboratoryResults.hivPositive"], hpr_number="222200063", organisation_number="310990000")
    assert "hiv" not in told.lower() and not re.search(r"\d", told)
