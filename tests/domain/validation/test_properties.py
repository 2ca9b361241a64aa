"""What holds for whatever is written: no accident, no leak, no order, nothing said of what is not recorded."""

import random
import string
from datetime import date, timedelta
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.card.declaration import Content, Fact, Member, camel, declared_in
from app.domain.card.sections import SECTIONS
from app.domain.card.values import BloodPressure, CodedValue, InSystem
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.problems import Problem
from app.domain.validation.registry import RULES
from app.domain.validation.rules import check_rules
from app.domain.validation.shape import check_content
from data.synthetic.population import generate
from tests.data.synthetic.consistency import current
from tests.domain.validation.asking import TODAY, told

KINDS = st.sampled_from(sorted(SECTIONS))
CALM = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

# --- contents of the right form --------------------------------------------------------------------------------------

TEXT = st.text(string.ascii_lowercase, min_size=1, max_size=16)
DAYS = st.dates() | st.integers(-400, 400).map(lambda days: TODAY + timedelta(days))


def contents(model: type[Content]) -> st.SearchStrategy[dict[str, Any]]:
    """Any content of a section, with much left unrecorded."""
    members = list(declared_in(model))
    required = {member.name: values(member) for member in members if getattr(member.declared, "required", False)}
    optional = {member.name: values(member) for member in members if member.name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(without_lonely)


def without_lonely(content: dict[str, Any]) -> dict[str, Any]:
    """Days are left out where the week is."""
    lonely = {"gestational_age_days"} if "gestational_age_weeks" not in content else set()
    return {name: value for name, value in content.items() if name not in lonely}


def values(member: Member) -> st.SearchStrategy[Any]:
    single = contents(member.shape.content) if member.shape.content else scalars(member)
    if member.shape.content and member.shape.many:
        single = single.filter(bool)
    return st.lists(single, max_size=3) if member.shape.many else single


def scalars(member: Member) -> st.SearchStrategy[Any]:
    kind, declared = member.shape.type, member.declared
    assert isinstance(declared, Fact)
    if kind in (int, float):
        low = declared.minimum if declared.minimum is not None else 1
        return st.integers(int(low), int(declared.maximum or 2_000))
    if kind is CodedValue:
        (system,) = [mark.system for mark in member.shape.metadata if isinstance(mark, InSystem)]
        codes = st.sampled_from([code.code for code in system.codes])
        return st.builds(lambda code: {"code": code}, codes if system.complete else codes | TEXT)
    if kind is BloodPressure:
        return st.fixed_dictionaries({"systolic_mmhg": st.integers(10, 999), "diastolic_mmhg": st.integers(10, 999)})
    if issubclass(kind, Enum):
        return st.sampled_from([choice.value for choice in kind])
    if kind is date:
        return DAYS.map(date.isoformat)
    if kind is bool:
        return st.booleans()
    if kind is str:
        return TEXT.map(lambda text: text[: declared.max_length or 16])
    return DAYS.map(lambda day: f"{day.isoformat()}T12:00:00Z")


CONTENTS = {kind: contents(section.model) for kind, section in SECTIONS.items()}


@st.composite
def cards(draw: st.DrawFn) -> tuple[Written, dict[str, Any]]:
    """An item of any section, and other sections of the card."""
    kind = draw(KINDS)
    others = draw(st.sets(KINDS, max_size=5)) | (RULES_READ[kind] if draw(st.booleans()) else set())
    documents = {
        other: draw(st.lists(CONTENTS[other], max_size=3) if SECTIONS[other].repeated else CONTENTS[other])
        for other in sorted(others)
    }
    return Written(kind, draw(CONTENTS[kind])), documents


RULES_READ = {kind: set().union(*(known.reads for known in RULES.values() if kind in known.kinds)) for kind in SECTIONS}

# --- any JSON at all -------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | DAYS.map(date.isoformat),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@st.composite
def wild_items(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A section, and JSON under the names of its members and of others."""
    kind = draw(KINDS)
    names = st.sampled_from([member.name for member in declared_in(SECTIONS[kind].model)]) | st.text(max_size=8)
    inner = st.sampled_from(sorted({name for model in models(kind) for name in model.model_fields}))
    entries = st.dictionaries(inner, JSON, max_size=4)
    return kind, draw(st.dictionaries(names, JSON | entries | st.lists(entries, max_size=3), max_size=6))


def models(kind: str) -> list[type[Content]]:
    found: list[type[Content]] = [SECTIONS[kind].model]
    for model in found:
        found += [member.shape.content for member in declared_in(model) if member.shape.content]
    return found


def exists(kind: str, path: tuple[str | int, ...]) -> bool:
    """Whether a path leads somewhere in the declaration of a section."""
    model: Any = SECTIONS[kind].model
    for step in path:
        if isinstance(step, str):
            names = {camel(name): info for name, info in model.model_fields.items()} if model else {}
            if step not in names:
                return False
            members = {camel(member.name): member for member in declared_in(model)}
            model = members[step].shape.type if step in members else None
            model = model if hasattr(model, "model_fields") else None
    return True


@CALM
@given(wild_items())
def test_the_form_of_anything_can_be_checked(item: tuple[str, dict[str, Any]]) -> None:
    """Whatever is sent, the answer is content that can be stored and problems at places that exist."""
    kind, content = item
    stored, problems = check_content(SECTIONS[kind], content)
    again, _ = check_content(SECTIONS[kind], stored)
    assert again == stored
    for problem in problems:
        assert problem.code == "UNKNOWN_MEMBER" or exists(kind, problem.path), problem
    check_rules([Written(kind, stored)], CardFacts({}, TODAY))


@CALM
@given(KINDS, JSON)
def test_anything_in_place_of_an_item_is_a_problem(kind: str, content: Any) -> None:
    """Not even an item that is no object is an accident."""
    stored, problems = check_content(SECTIONS[kind], content)
    assert problems or isinstance(content, dict)
    assert stored == {} or isinstance(content, dict)


@CALM
@given(cards())
def test_rules_answer_on_every_card(case: tuple[Written, dict[str, Any]]) -> None:
    """No content of the right form makes a rule fail; what it finds lies in the item, and each thing is said once."""
    item, documents = case
    stored, wrong = check_content(SECTIONS[item.kind], item.content)
    assert not wrong
    card = CardFacts.of(documents, [Written(item.kind, stored)], today=TODAY)
    for problems in check_rules([Written(item.kind, stored)], card):
        for problem in problems:
            assert exists(item.kind, problem.path)
            assert item.kind in problem.reads
            assert problem.english and problem.norwegian and "{" not in problem.english + problem.norwegian
        assert len(set(problems)) == len(problems)


@CALM
@given(cards(), st.randoms(use_true_random=False))
def test_order_does_not_matter(case: tuple[Written, dict[str, Any]], dice: random.Random) -> None:
    """The same card in another order of items and members is judged alike."""
    item, documents = case
    shuffled = {
        kind: dice.sample(found, len(found)) if isinstance(found, list) else found for kind, found in documents.items()
    }
    names = dice.sample(sorted(item.content), len(item.content))
    other = Written(item.kind, {name: item.content[name] for name in names})
    first = check_rules([item], CardFacts.of(documents, [item], today=TODAY))
    assert first == check_rules([other], CardFacts.of(shuffled, [other], today=TODAY))


@CALM
@given(cards())
def test_what_is_missing_is_no_reason(case: tuple[Written, dict[str, Any]]) -> None:
    """With the other sections unknown, a rule says nothing that it drew on them; nothing found is found by guessing."""
    item, documents = case
    whole = check_rules([item], CardFacts.of(documents, [item], today=TODAY))
    alone = check_rules([item], CardFacts.of({}, [item], today=TODAY))
    for found, without in zip(whole, alone, strict=True):
        unexplained = {problem for problem in without if problem not in found}
        # a recorded week stands in for a due date that is not known; a birth ends the question after the last period
        assert {problem.code for problem in unexplained} <= {"FUNDAL_HEIGHT_EARLY", "LAST_PERIOD_LONG_AGO"}


@pytest.mark.parametrize("kind", SECTIONS)
def test_nothing_is_said_of_an_empty_item(kind: str) -> None:
    """On an empty card, nothing recorded is nothing wrong, except what no item is written without."""
    assert check_rules([Written(kind, {})], CardFacts({}, TODAY)) == ([], [])
    assert {problem.code for problem in check_content(SECTIONS[kind], {})[1]} <= {"REQUIRED"}


@CALM
@given(wild_items(), st.text(string.ascii_uppercase, min_size=12, max_size=20), st.integers(10**11, 10**15))
def test_no_text_repeats_a_value(item: tuple[str, dict[str, Any]], word: str, number: int) -> None:
    """Texts name limits and never what was given."""
    kind, content = item
    given_values: list[Any] = [
        word,
        number,
        {"code": word},
        [{"code": word}],
        [word],
        {"code": "1", "code_system": word},
    ]
    members = [member.name for member in declared_in(SECTIONS[kind].model)]
    marked = content | {name: given_values[place % len(given_values)] for place, name in enumerate(members)}
    problems: list[Problem] = check_content(SECTIONS[kind], marked)[1]
    said = " ".join(text for problem in problems for text in (problem.english, problem.norwegian))
    assert problems or kind == "birth_plan"
    assert word not in said and str(number) not in said


def test_synthetic_women_raise_no_false_alarm() -> None:
    """Cards that contradict themselves nowhere are not refused, and hardly ever asked about.

    What is left is true: a visit's week by the last period, before ultrasound moved the due date; and the last period of
    a pregnancy that ended long ago without birth.
    """
    as_of = date(2026, 11, 23)
    for index in range(0, 5_000, 50):
        record = generate(20, index, as_of)[2]
        documents: dict[str, Any] = {
            kind: current(record, kind) if section.repeated else next(iter(current(record, kind)), None)
            for kind, section in SECTIONS.items()
        }
        for kind, section in SECTIONS.items():
            for content in current(record, kind):
                stored, wrong = check_content(section, content)
                failed, warned = check_rules([Written(kind, stored)], CardFacts(documents, as_of))
                assert (stored, wrong, failed) == (content, [], [])
                assert {code for code, _ in told(warned)} <= {"WEEK_DIFFERS", "LAST_PERIOD_LONG_AGO"}
