"""The cast: every woman's story is true of her card, on any day."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.card.sections import walk
from app.domain.record import BlockTarget, Protection, RecordStatus, StoredRecord
from data.identity_numbers import is_synthetic
from data.synthetic.cast import CAST, Situation, cast
from data.synthetic.organisations import STAFF
from tests.data.synthetic.consistency import check, current, the

DAYS = [date(2026, 11, 23), date(2026, 12, 31), date(2027, 3, 1), date(2028, 2, 29)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def as_of(request: pytest.FixtureRequest) -> date:
    return request.param  # type: ignore[no-any-return]  # one of DAYS


@pytest.fixture(scope="module")
def women(as_of: date) -> dict[str, Situation]:
    return cast(as_of)


def card(women: dict[str, Situation], slug: str) -> StoredRecord:
    return women[slug].records[-1]


def facts_of(content: Any, path: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The paths of all facts in content, lists looked through."""
    if isinstance(content, list):
        return set().union(*(facts_of(entry, path) for entry in content))
    if isinstance(content, dict):
        return set().union(*({(*path, name)} | facts_of(inner, (*path, name)) for name, inner in content.items()))
    return set()


def test_every_card_is_consistent(women: dict[str, Situation], as_of: date) -> None:
    """Every card of the cast validates against the section models and contradicts itself nowhere."""
    for situation in women.values():
        for record in situation.records:
            check(record, situation.deceased_on or as_of)


def test_every_fact_of_the_card_is_used(women: dict[str, Situation]) -> None:
    """Between them the women fill every fact that is declared, so that whoever reads the cast reads the whole card."""
    items = [item for situation in women.values() for record in situation.records for item in record.items]
    filled = set().union(*(facts_of(item.content, (item.kind,)) for item in items))
    assert [".".join(fact.path) for fact in walk() if (fact.section.kind, *fact.path) not in filled] == []


def test_kari_shows_every_section_that_is_not_about_an_earlier_or_ended_pregnancy(
    women: dict[str, Situation],
) -> None:
    """The first woman a newcomer meets has something in every section of an ongoing first pregnancy."""
    kinds = {item.kind for item in card(women, "kari").items}
    missing = {fact.section.kind for fact in walk()} - kinds
    assert missing == {"birth_outcome", "earlier_pregnancies"}
    assert the(card(women, "kari"), "laboratory_results")["hiv_positive"] is False


def test_stories_are_true(women: dict[str, Situation], as_of: date) -> None:
    """What the one sentence about a woman says is what her card says."""
    twins = the(card(women, "aisha"), "pregnancy")
    assert twins["number_of_fetuses"] == 2
    assert the(card(women, "aisha"), "mother")["needs_interpreter"]
    rhesus = the(card(women, "ingrid"), "rhesus_d_negative_follow_up")
    assert rhesus["any_fetus_rhd_positive_at_week_24"]
    assert rhesus["prophylaxis_given_at_week_28"]
    assert any(item.entered_in_error for item in card(women, "ingrid").items)
    assert card(women, "guro").status is RecordStatus.TERMINATED
    assert the(card(women, "nora"), "pregnancy")["assisted_conception"]["had_assisted_conception"]
    assert current(card(women, "tone"), "antenatal_visits")[-1]["gestational_age_weeks"] == 41
    glucose = the(card(women, "fatima"), "laboratory_results")["glucose_tolerance"]
    assert glucose["fasting_glucose_mmol_per_l"] >= 5.3 or glucose["two_hour_glucose_mmol_per_l"] >= 9.0
    assert not current(card(women, "selma"), "ultrasound_examinations")
    assert the(card(women, "hedda"), "laboratory_results")["hiv_positive"]
    assert [record.status for record in women["ida"].records] == [RecordStatus.DELIVERED, RecordStatus.ACTIVE]
    assert card(women, "silje").delivered_at is not None
    assert current(card(women, "vilde"), "antenatal_visits")[-1]["blood_pressure"]["systolic_mmhg"] >= 140
    assert the(card(women, "katarzyna"), "care_contacts")["general_practitioner"]["name"] == STAFF["stranger"].name


def test_intimate_notes_stand_in_every_section_that_has_notes(women: dict[str, Situation]) -> None:
    """Whatever may hold free text holds some in the card of the woman whose secrets must not leak."""
    items = card(women, "hedda").items
    filled = set().union(*(facts_of(item.content, (item.kind,)) for item in items))
    notes = {(fact.section.kind, *fact.path) for fact in walk() if fact.fact.english == "Note"}
    assert notes - filled == set()


def test_choices_and_statuses(women: dict[str, Situation], as_of: date) -> None:
    """Consent, address protection, death and blocks are as told."""
    assert women["liv"].records == ()
    assert women["liv"].withdrawal is not None
    assert women["randi"] == Situation(records=(), consent_given_at=None)
    assert women["sunniva"].protection is Protection.CONFIDENTIAL
    assert women["sunniva"].records
    assert women["jorunn"].protection is Protection.STRICTLY_CONFIDENTIAL
    assert women["jorunn"].records
    assert women["astrid"].deceased_on == as_of - timedelta(days=12)
    targets = {block.target for block in women["ragnhild"].blocks}
    assert targets == {BlockTarget.PERSON, BlockTarget.ORGANISATION, BlockTarget.ALL}


def test_consent_comes_before_the_first_card(women: dict[str, Situation]) -> None:
    """Nothing was stored before she agreed."""
    for situation in women.values():
        for record in situation.records:
            assert situation.consent_given_at is not None
            assert situation.consent_given_at < record.opened_at


def test_the_same_day_tells_the_same_stories(women: dict[str, Situation], as_of: date) -> None:
    """Asked twice, the cast answers the same to the last microsecond."""
    assert cast(as_of) == women


def test_identity_numbers_belong_to_nobody() -> None:
    """Every number in the cast is synthetic with right check digits, and no two women share one."""
    numbers = [member.number for member in CAST]
    assert all(map(is_synthetic, numbers))
    assert len({*numbers, *(person.national_identity_number for person in STAFF.values())}) == len(CAST) + len(STAFF)


def test_slugs_are_short_and_lower_case() -> None:
    """They are typed by hand."""
    slugs = [member.slug for member in CAST]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.isascii() and slug.islower() for slug in slugs)
    assert slugs[0] == "kari"
    assert all(len(slug) <= 9 for slug in slugs)
