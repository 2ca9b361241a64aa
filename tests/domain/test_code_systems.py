"""The code systems: every list whole, and coded values checked against them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.card.values import CodedValue, Country, Language, StimulusType
from app.domain.code_systems import CODE_SYSTEMS, CodeSystem

COUNTS = {
    "volven_3303": 185,
    "volven_9043": 254,
    "volven_8340": 6,
    "volven_8522": 3,
    "volven_8534": 1,
    "volven_8536": 6,
    "volven_8537": 4,
    "volven_9060": 36,
    "volven_8724": 7,
    "volven_8526": 3,
    "volven_8527": 9,
    "volven_8528": 2,
    "volven_8529": 11,
    "volven_8531": 5,
    "volven_8523": 3,
    "volven_8524": 3,
}

language: TypeAdapter[CodedValue] = TypeAdapter(Language)
country: TypeAdapter[CodedValue] = TypeAdapter(Country)
stimulus: TypeAdapter[CodedValue] = TypeAdapter(StimulusType)


def test_every_list_has_all_its_codes() -> None:
    """Each code system holds as many codes as its source: 185 languages, 254 countries, 36 professions and so on."""
    assert {key: len(system.codes) for key, system in CODE_SYSTEMS.items()} == COUNTS


@pytest.mark.parametrize("system", CODE_SYSTEMS.values(), ids=CODE_SYSTEMS)
def test_no_code_is_listed_twice(system: CodeSystem) -> None:
    """Within a system every code and every alternative form means one thing."""
    forms = [form for code in system.codes for form in {code.code, code.alternative} if form]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("system", CODE_SYSTEMS.values(), ids=CODE_SYSTEMS)
def test_every_code_has_words_in_both_languages(system: CodeSystem) -> None:
    """No code is shown to anyone without a text, and none carries stray blanks."""
    words = [word for code in system.codes for word in (code.code, code.norwegian, code.english)]
    assert all(word and word == word.strip() for word in words)


@pytest.mark.parametrize("system", CODE_SYSTEMS.values(), ids=CODE_SYSTEMS)
def test_literal_and_oid_name_the_same_system(system: CodeSystem) -> None:
    """The wire literal, the OID and our own key end in the same Volven number."""
    number = system.id.removeprefix("volven_")
    assert (system.literal, system.oid) == (f"VOLVEN_{number}", f"2.16.578.1.12.4.1.1.{number}")


@pytest.mark.parametrize("system", CODE_SYSTEMS.values(), ids=CODE_SYSTEMS)
def test_only_verified_lists_are_called_complete(system: CodeSystem) -> None:
    """A list with an unverified code never refuses an unknown one."""
    assert not system.complete or all(code.verified for code in system.codes)


def test_language_is_found_by_two_and_by_three_letters() -> None:
    """The same language is found by either form of its code, and upstream's other name for it is known."""
    bokmal = CODE_SYSTEMS["volven_3303"].find("NB")
    assert bokmal is CODE_SYSTEMS["volven_3303"].find("NOB")
    assert bokmal is not None
    assert (bokmal.norwegian, bokmal.also_called) == ("BOKMÅL", "Norsk bokmål")


def test_lookup_is_exact() -> None:
    """A code in the wrong case or with a blank is another code."""
    assert [CODE_SYSTEMS["volven_9043"].find(code) for code in ("no", "NO ", "")] == [None, None, None]


def test_placeholders_are_marked_unverified() -> None:
    """Where no real code is known, every code says by its name and its mark that it is a placeholder."""
    placeholders = [*CODE_SYSTEMS["volven_8536"].codes, *CODE_SYSTEMS["volven_8537"].codes]
    assert all(code.code.startswith("TBD_") and not code.verified for code in placeholders)


def test_tobacco_is_tagged_and_nothing_else_is() -> None:
    """Only smoking, snus and e-cigarettes count as tobacco."""
    tagged = {code.code for code in CODE_SYSTEMS["volven_8536"].codes if code.tag == "tobacco"}
    assert tagged == {"TBD_SMOKING", "TBD_SNUS", "TBD_ECIGARETTE"}


def test_display_and_system_are_filled_in() -> None:
    """A bare code gets its display and its code system."""
    expected = CodedValue(code="NO", display="Norge", code_system="VOLVEN_9043")
    assert country.validate_python(CodedValue(code="NO")) == expected


def test_display_that_came_along_is_kept() -> None:
    """What the sender called the code stays as it was sent."""
    sent = CodedValue(code="NOB", display="Norsk bokmål", code_system="VOLVEN_3303")
    assert language.validate_python(sent) == sent


def test_unknown_code_is_refused_where_the_list_is_complete() -> None:
    """There is no country ZZ."""
    with pytest.raises(ValidationError, match="unknown code in VOLVEN_9043"):
        country.validate_python(CodedValue(code="ZZ"))


def test_unknown_code_is_accepted_where_the_list_is_not_complete() -> None:
    """A stimulus nobody has listed yet is kept as it came, without a display of ours."""
    expected = CodedValue(code="77", display=None, code_system="VOLVEN_8536")
    assert stimulus.validate_python(CodedValue(code="77")) == expected


def test_wrong_code_system_is_refused() -> None:
    """A country code does not pass for a language, even when the letters would fit."""
    with pytest.raises(ValidationError, match="code system must be VOLVEN_3303"):
        language.validate_python(CodedValue(code="SE", code_system="VOLVEN_9043"))
