"""The policy: who may see what, before any request."""

from datetime import date

import pytest

from app.domain.card.declaration import Fact, Sensitivity
from app.domain.card.sections import SECTIONS, walk
from app.domain.policy import Policy, ProfileKey, Reason, declared_paths
from app.domain.viewer import Purpose, Role
from tests.policies import PILOT

CORE = (Role.GP, Role.MIDWIFE, Role.HOSPITAL)


def profile(role: Role, purpose: Purpose | None = Purpose.TREAT, **more: bool):
    return PILOT.profile(ProfileKey(role, purpose, **more))


def test_core_clinicians_read_the_whole_card_in_ordinary_and_emergency_care() -> None:
    """GP, midwife and hospital share the card; only the co-parent's section is closed to all."""
    for role in CORE:
        for purpose in (Purpose.TREAT, Purpose.ETREAT):
            closed = {path for path, decision in profile(role, purpose).decisions.items() if not decision.allowed}
            assert all(path.startswith("coParent.") for path in closed)


def test_coordination_gives_no_intimate_fact_to_anyone() -> None:
    """Rule F-2, for every role and every fact."""
    intimate = {fact.graphql_path for fact in walk() if fact.fact.sensitivity is Sensitivity.INTIMATE}
    for role in Role:
        decisions = profile(role, Purpose.COC).decisions
        assert not any(decisions[path].allowed for path in intimate)


def test_the_reason_tells_purpose_from_role() -> None:
    """A midwife coordinating is told it is the purpose; a nurse is told it is her role."""
    path = "laboratoryResults.hivPositive"
    assert profile(Role.MIDWIFE, Purpose.COC).decisions[path].reason is Reason.PURPOSE
    assert profile(Role.PUBLIC_HEALTH_NURSE).decisions[path].reason is Reason.ROLE


def test_a_purpose_the_role_may_not_give_opens_nothing() -> None:
    """Fail closed: no purpose, or one that is not the role's, reads nothing."""
    for key in (ProfileKey(Role.GP, None), ProfileKey(Role.HEALTH_SECRETARY, Purpose.ETREAT)):
        assert not PILOT.profile(key).reads_anything


def test_every_note_is_closed_to_all_but_the_core_and_herself() -> None:
    """Rule F-1."""
    notes = {fact.graphql_path for fact in walk() if fact.path[-1].endswith("note")}
    assert len(notes) > 10
    for role in set(Role) - set(CORE) - {Role.CITIZEN}:
        for purpose in PILOT.purposes_of(role):
            decisions = profile(role, purpose).decisions
            assert not any(decisions[path].allowed for path in notes), role


def test_the_counters_of_earlier_pregnancies_travel_together() -> None:
    """Rule F-8: whoever may not see one of the five sees none, so no difference tells of an abortion."""
    counters = [fact.graphql_path for fact in walk() if fact.fact.bundle == "pregnancy_counters"]
    assert len(counters) == 5
    for role in Role:
        for purpose in PILOT.purposes_of(role):
            for earlier in (False, True):
                decisions = profile(role, purpose, earlier=earlier).decisions
                assert len({decisions[path].allowed for path in counters}) == 1


def test_an_earlier_card_is_one_level_stricter() -> None:
    """Rule F-9: what was personal counts as intimate there, and coordination no longer sees it."""
    path = "previousPregnancies.numberOfSpontaneousMiscarriages"
    assert profile(Role.GP, Purpose.COC).decisions[path].allowed
    assert not profile(Role.GP, Purpose.COC, earlier=True).decisions[path].allowed


def test_a_fact_that_nobody_declared_is_in_no_profile() -> None:
    """Undeclared means no."""
    assert "mother.shoeSize" not in declared_paths()


def test_a_role_the_policy_forgets_reads_nothing() -> None:
    """A policy without matrices for a role closes the card to it, and does not fail open."""
    document = dict(PILOT.document)
    document["matrices"] = {name: {} for name in document["matrices"]}
    emptied = Policy(document)
    assert not any(
        emptied.profile(ProfileKey(role, purpose)).reads_anything
        for role in Role
        for purpose in emptied.purposes_of(role)
    )


def test_an_unknown_purpose_takes_everything_away() -> None:
    """A purpose the policy does not name withholds every level."""
    document = dict(PILOT.document)
    document["purposes"] = {}
    assert not Policy(document).profile(ProfileKey(Role.GP, Purpose.TREAT)).reads_anything


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_document_loses_just_what_is_not_allowed(purpose: Purpose) -> None:
    """Cutting down a document keeps every allowed fact and drops every other, in every section."""
    from tests.whole_card import whole_content

    for role in Role:
        made = profile(role, purpose)
        for kind, section in SECTIONS.items():
            kept = made.releases[kind].apply(whole_content(section.model, kind), date(2026, 11, 23))
            present = set(paths_of(kept, section.graphql_name))
            for fact in walk():
                if fact.section is section:
                    assert (fact.graphql_path in present) == made.decisions[fact.graphql_path].allowed or (
                        fact.graphql_path in made.partial or any(p in made.partial for p in prefixes(fact.graphql_path))
                    ), (role, fact.graphql_path)


def prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def paths_of(document: object, path: str) -> list[str]:
    from app.domain.card.declaration import camel

    if isinstance(document, list):
        return [found for entry in document for found in paths_of(entry, path)]
    if not isinstance(document, dict):
        return []
    return [
        found
        for name, value in document.items()
        for found in [f"{path}.{camel(name)}", *paths_of(value, f"{path}.{camel(name)}")]
    ]


def test_a_nurse_sees_tobacco_and_never_alcohol() -> None:
    """The list is given without the entries that are intimate; an unknown kind counts as intimate."""
    release = profile(Role.PUBLIC_HEALTH_NURSE).releases["lifestyle_factors"]
    entries = [{"stimulus_type": {"code": code}} for code in ("TBD_SMOKING", "TBD_ALCOHOL", "NEW_AND_UNKNOWN")]
    kept = release.apply({"stimuli": entries}, date(2026, 11, 23))["stimuli"]
    assert [entry["stimulus_type"]["code"] for entry in kept] == ["TBD_SMOKING"]


def test_a_nurse_sees_past_visits_and_no_coming_one() -> None:
    """A date that has not come yet tells where she will be."""
    release = profile(Role.PUBLIC_HEALTH_NURSE).releases["antenatal_visits"]
    today = date(2026, 11, 23)
    assert release.apply({"held_on": "2026-11-23"}, today) == {"held_on": "2026-11-23"}
    assert release.apply({"held_on": "2026-11-24"}, today) == {"held_on": None}


def test_every_withheld_decision_names_rule_and_reason() -> None:
    """No refusal without a reason a person can be told."""
    for role in Role:
        for purpose in PILOT.purposes_of(role):
            for decision in profile(role, purpose).decisions.values():
                assert decision.rule
                assert decision.allowed or decision.reason is not None


def test_every_fact_has_a_declaration_behind_its_path() -> None:
    """Paths in the policy's outcome are the declared ones and nothing else."""
    provenance = {path for path in declared_paths() if path.startswith("provenance.")}
    assert declared_paths() - provenance == {fact.graphql_path for fact in walk() if isinstance(fact.fact, Fact)}
