"""The declarations of the card: complete, consistent and safe to derive everything else from."""

import json
import subprocess
import sys
from datetime import date

import pytest
from strawberry.schema.config import StrawberryConfig

from app.domain.card.birth_outcome import NO_BIRTH, BirthOutcome
from app.domain.card.declaration import SECTIONS, Mark, Sensitivity, camel
from app.domain.card.lifestyle_factors import MORE_THAN_TOBACCO, LifestyleFactors
from app.domain.card.mother import Mother
from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import facts_in, walk
from app.domain.card.values import BloodPressure
from app.domain.code_systems import CODE_SYSTEMS
from app.domain.data_dictionary import dictionary

IN_ORDER = [
    "mother",
    "pregnancy",
    "previousPregnancies",
    "hereditaryConditions",
    "medicalConditions",
    "medication",
    "lifestyleFactors",
    "laboratoryResults",
    "rhesusDNegativeFollowUp",
    "prePregnancyMeasurements",
    "symphysisFundalHeights",
    "antenatalVisits",
    "careContacts",
    "birthOutcome",
    "coParent",
    "earlierPregnancies",
    "ultrasoundExaminations",
    "birthPlan",
]
ON_THE_WIRE = {
    "mother": 12,
    "currentPregnancy": 10,
    "previousPregnancies": 6,
    "geneticDisorders": 5,
    "medicalConditions": 13,
    "medication": 5,
    "lifestyleFactors": 9,
    "clinicalTests": 24,
    "rhesusDNegative": 5,
    "vitalMeasurementsBeforePregnancy": 3,
    "symphysisFundalHeights": 3,
    "antenatalAppointments": 16,
    "pointsOfContact": 9,
    "birthStatus": 4,
}
TODAY = date(2026, 9, 21)

FACTS = list(walk())
EVERY_FACT = [*FACTS, *facts_in(PROVENANCE)]
BY_PATH = {declared.graphql_path: declared for declared in EVERY_FACT}


def test_sections_come_in_the_order_of_the_card() -> None:
    """The sections stand in the order of the card, those only the paper card has last."""
    assert [section.graphql_name for section in SECTIONS.values()] == IN_ORDER


def test_order_does_not_depend_on_who_imports_first() -> None:
    """A section file imported before the others does not come before them."""
    program = "import app.domain.card.birth_plan, app.domain.card.sections as s; print(list(s.SECTIONS))"
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert answer.strip() == str(list(SECTIONS))


def test_all_124_facts_of_the_national_record_are_declared() -> None:
    """Every item of the national record is declared once, section by section, no more and no fewer."""
    found = {section.wire: sum(1 for fact in facts_in(section) if fact.wire_path) for section in SECTIONS.values()}
    assert {wire: count for wire, count in found.items() if wire} == ON_THE_WIRE
    assert sum(ON_THE_WIRE.values()) == 124


def test_no_two_facts_share_a_wire_path() -> None:
    """Each item of the national record is read from one place and written to one place."""
    paths = [declared.wire_path for declared in EVERY_FACT if declared.wire_path]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("graphql_path", "wire_path"),
    [
        ("mother.postalCode", "mother.postNumber"),
        ("pregnancy.assistedConception.performedOn", "currentPregnancy.assistedConception.dateAssistedConception"),
        ("lifestyleFactors.stimuli", "lifestyleFactors.stimuli"),
        (
            "lifestyleFactors.stimuli.atWeek36.dailyCount",
            "lifestyleFactors.stimuli[].stimuliFrequencyAtWeek36.dailyCount",
        ),
        ("symphysisFundalHeights.symphysisFundalHeightCm", "symphysisFundalHeights[].measurement"),
        (
            "antenatalVisits.fetalObservations.fetalHeartRateBpm",
            "antenatalAppointments[].fetusesVitalSigns[].fetalHeartRate",
        ),
        ("birthOutcome.children.status", "birthStatus.birthStatus[].status"),
        ("careContacts.midwife.phone", None),
        ("coParent.name", None),
    ],
)
def test_paths_lead_through_containers(graphql_path: str, wire_path: str | None) -> None:
    """A nested fact is found under its containers, on the wire with `[]` after every list stepped into."""
    assert BY_PATH[graphql_path].wire_path == wire_path


def test_every_fact_explains_itself() -> None:
    """Every fact has a label in both languages, a meaning and plain words for the woman."""
    for declared in EVERY_FACT:
        fact = declared.fact
        texts = (fact.english, fact.norwegian, fact.meaning, fact.plain)
        assert all(text == text.strip() != "" for text in texts), declared.graphql_path
        assert fact.meaning.endswith(".") and fact.plain.endswith("."), declared.graphql_path


def test_plain_words_say_more_than_the_label() -> None:
    """What the woman reads is a sentence of its own, not the label again."""
    facts = {path: declared.fact for path, declared in BY_PATH.items()}
    assert not [path for path, fact in facts.items() if fact.plain.rstrip(".").casefold() == fact.norwegian.casefold()]


def test_camel_case_is_the_frameworks() -> None:
    """Names are spelt in GraphQL just as the GraphQL framework spells them."""
    spell = StrawberryConfig().name_converter.apply_naming_config
    names = {name for declared in EVERY_FACT for name in (declared.section.kind, *declared.path)}
    assert {name: camel(name) for name in names} == {name: spell(name) for name in names}


def test_only_numbers_have_units_and_ranges() -> None:
    """A unit or a range stands on a number, or on a blood pressure, which is two."""
    measured = [
        declared
        for declared in EVERY_FACT
        if (fact := declared.fact).unit
        or fact.positive
        or fact.plausible
        or fact.minimum is not None
        or fact.maximum is not None
    ]
    assert len(measured) > 40
    assert {declared.shape.type for declared in measured} == {int, float, BloodPressure}


def test_every_decimal_number_has_a_unit() -> None:
    """A decimal number without a unit means nothing."""
    assert not [path for path, declared in BY_PATH.items() if declared.shape.type is float and not declared.fact.unit]


def test_all_text_has_a_length_limit_and_nothing_else_has() -> None:
    """No text is taken in without a limit."""
    limited = {path for path, declared in BY_PATH.items() if declared.fact.max_length is not None}
    assert limited == {path for path, declared in BY_PATH.items() if declared.shape.type is str}


def test_paper_only_facts_have_no_wire_name() -> None:
    """A fact has a wire name exactly when the national record has it, and is marked as coming from paper otherwise."""
    for path, declared in BY_PATH.items():
        is_from_paper = declared.fact.mark in (Mark.PAPER, Mark.PAPER_UNVERIFIED)
        assert (declared.fact.wire is None) == (declared.wire_path is None) == is_from_paper, path


def test_every_note_is_intimate() -> None:
    """Every note is intimate, whatever its section: nobody knows what was written there."""
    notes = {path: declared for path, declared in BY_PATH.items() if declared.path[-1].endswith("note")}
    assert len(notes) > 10
    assert {declared.fact.sensitivity for declared in notes.values()} == {Sensitivity.INTIMATE}


def test_what_is_inside_an_intimate_fact_is_intimate_too() -> None:
    """Nothing inside an intimate container is easier to see than the container."""
    for path, declared in BY_PATH.items():
        levels = {getattr(container.declared, "sensitivity", None) for container in declared.containers}
        assert Sensitivity.INTIMATE not in levels or declared.fact.sensitivity is Sensitivity.INTIMATE, path


def test_terms_are_codes_somebody_chose() -> None:
    """A terminology code is one that a public client or the national service uses, nothing from memory."""
    assert {term.mark for declared in EVERY_FACT for term in declared.fact.terms} == {"M", "V-NHN"}


def test_counters_of_previous_pregnancies_travel_together() -> None:
    """The five counters are one bundle, so that nobody who sees some of them can derive an induced abortion."""
    bundled = {declared.path for declared in FACTS if declared.fact.bundle == "pregnancy_counters"}
    counters = {declared.path for declared in facts_in(SECTIONS["previous_pregnancies"]) if declared.path != ("note",)}
    assert bundled == counters
    assert len(counters) == 5


def test_whole_co_parent_is_intimate() -> None:
    """The other parent is a second person: nothing about that person is below intimate."""
    assert {declared.fact.sensitivity for declared in facts_in(SECTIONS["co_parent"])} == {Sensitivity.INTIMATE}


def test_the_womans_identity_number_is_not_on_the_card() -> None:
    """The only identity number declared is the co-parent's; the woman's travels outside the card."""
    assert [path for path in BY_PATH if "identity" in path.casefold()] == ["coParent.nationalIdentityNumber"]


def test_induced_abortions_are_not_on_the_card() -> None:
    """No fact counts or names induced abortions."""
    assert not [path for path, declared in BY_PATH.items() if "abort" in (path + declared.fact.english).casefold()]


def test_infections_that_stigmatise_are_intimate() -> None:
    """HIV, syphilis, hepatitis, chlamydia and gonorrhea are intimate; rubella immunity is not."""
    words = ("hiv", "syphilis", "hepatitis", "chlamydia", "gonorrhea")
    found = [declared.fact for path, declared in BY_PATH.items() if any(word in path for word in words)]
    assert len(found) == 7
    assert {fact.sensitivity for fact in found} == {Sensitivity.INTIMATE}
    assert BY_PATH["laboratoryResults.rubellaAntibodyPositive"].fact.sensitivity is Sensitivity.ORDINARY


def test_positive_laboratory_results_say_what_true_and_false_mean() -> None:
    """Every yes-or-no result says that true is positive, false negative and nothing recorded not taken."""
    results = [declared for declared in facts_in(SECTIONS["laboratory_results"]) if declared.shape.type is bool]
    assert len(results) == 14
    assert all(declared.path[-1].endswith("_positive") for declared in results)
    expected = "True: positive; false: negative; not recorded: not taken."
    assert all(declared.fact.meaning.endswith(expected) for declared in results)


@pytest.mark.parametrize("code", ["TBD_ALCOHOL", "TBD_DRUGS", "TBD_OTHER", "77", "tbd_smoking", "", None, 1])
def test_stimulus_that_is_not_known_to_be_tobacco_is_intimate(code: object) -> None:
    """Alcohol, drugs and every unknown or missing stimulus are intimate."""
    assert MORE_THAN_TOBACCO.applies({"stimulus_type": {"code": code}}, TODAY)


@pytest.mark.parametrize("entry", [None, {}, {"stimulus_type": None}, {"stimulus_type": "TBD_SMOKING"}, "TBD_SMOKING"])
def test_unreadable_stimulus_is_intimate(entry: object) -> None:
    """An entry that does not say clearly that it is about tobacco is intimate."""
    assert MORE_THAN_TOBACCO.applies(entry, TODAY)


@pytest.mark.parametrize("code", ["TBD_SMOKING", "TBD_SNUS", "TBD_ECIGARETTE"])
def test_tobacco_is_not_intimate(code: str) -> None:
    """Smoking, snus and e-cigarettes stay at the level of the list, in the form they are stored in."""
    given = {"stimuli": [{"stimulus_type": {"code": code}, "at_week_36": {"daily_count": 4}}]}
    stored = LifestyleFactors.model_validate_json(json.dumps(given)).model_dump(mode="json")
    assert not MORE_THAN_TOBACCO.applies(stored["stimuli"][0], TODAY)


@pytest.mark.parametrize("code", ["1", "2", "3"])
def test_birth_and_stillbirth_are_not_intimate(code: str) -> None:
    """Born alive, stillborn and died after birth stay personal, in the form they are stored in."""
    given = {"children": [{"fetus_number": 1, "status": {"code": code}, "born_at": "2026-10-17T04:52:00+02:00"}]}
    stored = BirthOutcome.model_validate_json(json.dumps(given)).model_dump(mode="json")
    assert stored["children"][0]["born_at"] == "2026-10-17T02:52:00Z"
    assert not NO_BIRTH.applies(stored["children"][0]["status"], TODAY)


@pytest.mark.parametrize("status", [{"code": "4"}, {"code": "01"}, {"code": 1}, {"code": None}, {}, "1"])
def test_any_other_outcome_is_intimate(status: object) -> None:
    """Every outcome that is not one of the three known ones is intimate, unreadable ones included."""
    assert NO_BIRTH.applies(status, TODAY)


def test_outcome_that_is_not_recorded_is_no_outcome() -> None:
    """Nothing recorded is nothing to hide."""
    assert not NO_BIRTH.applies(None, TODAY)


def test_only_the_three_known_outcomes_are_tagged() -> None:
    """A code added to the list of outcomes later is intimate until somebody decides otherwise."""
    assert [code.code for code in CODE_SYSTEMS["volven_8522"].codes if code.tag == "birth"] == ["1", "2", "3"]


def test_not_recorded_is_valid_everywhere() -> None:
    """Every section can be stored empty: nothing is required, nothing has another default than not recorded."""
    for section in (*SECTIONS.values(), PROVENANCE):
        assert set(section.model().model_dump().values()) == {None}


def test_unknown_member_is_refused() -> None:
    """A misspelt member is a mistake, not a fact."""
    with pytest.raises(ValueError, match="extra_forbidden"):
        Mother.model_validate_json('{"nam": "Kari"}')


def test_dictionary_lists_every_fact_once_and_provenance_last() -> None:
    """The data dictionary is plain JSON, one entry a fact, in the order of the card."""
    entries = dictionary()
    assert json.loads(json.dumps(entries)) == entries
    assert [entry["path"] for entry in entries] == list(BY_PATH)
    assert len(BY_PATH) == len(EVERY_FACT)


def test_dictionary_knows_types_ranges_and_codes() -> None:
    """The data dictionary says what a value looks like without a look into the code."""
    entries = {entry["path"]: entry for entry in dictionary()}
    of_fetus = {path: entry["type"] for path, entry in entries.items() if "fetalObservations" in path}
    assert of_fetus == {
        "antenatalVisits.fetalObservations": "[FetalObservation]",
        "antenatalVisits.fetalObservations.fetusNumber": "Int",
        "antenatalVisits.fetalObservations.fetalHeartRateBpm": "Int",
        "antenatalVisits.fetalObservations.presentation": "CodedValue",
        "antenatalVisits.fetalObservations.motherFeelsMovements": "Boolean",
        "antenatalVisits.fetalObservations.note": "String",
    }
    assert entries["birthOutcome.children.bornAt"]["type"] == "DateTime"
    assert entries["earlierPregnancies.birthTears"]["type"] == "[CodedValue]"
    assert entries["earlierPregnancies.birthTears"]["codeSystem"] == "VOLVEN_8529"
    assert entries["laboratoryResults.bloodType.abo"]["values"] == ["A", "B", "AB", "O"]
    assert entries["antenatalVisits.edemaGrade"]["range"] == {"minimum": 0, "maximum": 3, "plausible": None}
    assert entries["antenatalVisits.weightKg"]["range"] == {
        "minimum": None,
        "maximum": None,
        "exclusiveMinimum": 0,
        "plausible": [30, 250],
    }
    assert entries["mother.name"]["range"] is None
