"""Totals of which nobody can be made out: what is left out, what is rounded, when a table may take another's place."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.aggregates import Disclosure, Row, guarded, may_replace, women_between
from app.domain.card.declaration import Sensitivity
from app.domain.card.sections import walk
from app.domain.errors import RecordRefusal
from app.domain.reports import REPORTS
from tests.policies import PILOT

TRIAL = Disclosure(minimum_cell=5, minimum_population=20, rounded_to=5)
LABELS = [f"label {place}" for place in range(8)]
TABLES = st.lists(st.integers(0, 40), min_size=1, max_size=8).map(
    lambda counts: dict(zip(LABELS, counts, strict=False))
)
POPULATIONS = TABLES.filter(lambda counts: sum(counts.values()) >= TRIAL.minimum_population)


def feasible(counts: Mapping[str, int], rows: tuple[Row, ...]) -> dict[str, tuple[int, int]]:
    """Between what and what a number that was left out can be, for somebody who knows the total and all that is told
    to the last woman, more than the rounded numbers tell."""
    hidden = [row.label for row in rows if row.suppressed]
    together = sum(counts.values()) - sum(counts[row.label] for row in rows if not row.suppressed)
    return {label: (together if len(hidden) == 1 else 0, together) for label in hidden}


@settings(max_examples=1_000)
@given(POPULATIONS)
def test_what_is_left_out_cannot_be_reckoned(counts: dict[str, int]) -> None:
    """For every table: what a hidden number can be, given all that is told, spans more than the smallest number told."""
    rows = guarded(counts, TRIAL)
    assert [row.label for row in rows] == list(counts)
    for low, high in feasible(counts, rows).values():
        assert high - low > TRIAL.minimum_cell


@settings(max_examples=1_000)
@given(POPULATIONS)
def test_no_small_number_is_told_and_all_are_rounded(counts: dict[str, int]) -> None:
    """What is told is a multiple near the truth and never small; a table of large numbers is told whole."""
    rows = guarded(counts, TRIAL)
    for row in rows:
        small = counts[row.label] < TRIAL.minimum_cell
        assert not small or row.suppressed
        assert row.count is None or (row.count % 5 == 0 and abs(row.count - counts[row.label]) <= 2 and row.count >= 5)
    assert any(row.suppressed for row in rows) == any(count < TRIAL.minimum_cell for count in counts.values())


@given(TABLES.filter(lambda counts: sum(counts.values()) < TRIAL.minimum_population))
def test_of_few_women_there_is_no_table(counts: dict[str, int]) -> None:
    """Below the smallest population nothing is told at all."""
    with pytest.raises(RecordRefusal) as refused:
        guarded(counts, TRIAL)
    assert refused.value.code == "AGGREGATE_TOO_SMALL"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([3, 20, 30], [None, None, 30]),
        ([3, 3, 30], [None, None, 30]),
        ([1, 2, 30, 40], [None, None, None, 40]),
        ([0, 0, 0, 25], [None, None, None, None]),
        ([6, 7, 8], [5, 5, 10]),
        ([4, 6, 12, 13], [None, None, 10, 15]),
    ],
)
def test_a_small_number_takes_a_second_with_it(counts: list[int], told: list[int | None]) -> None:
    """The next by size goes too, and more of them while what is left out is little."""
    rows = guarded(dict(zip(LABELS, counts, strict=False)), TRIAL)
    assert [row.count for row in rows] == told


WOMEN = st.lists(st.sampled_from(LABELS[:5]), min_size=25, max_size=60)
ONE_OTHER = st.tuples(st.integers(0, 24), st.sampled_from([*LABELS[:5], None]))


def table(women: list[str]) -> dict[str, int]:
    return {label: women.count(label) for label in LABELS[:5]}


@settings(max_examples=500)
@given(WOMEN, st.lists(ONE_OTHER, min_size=0, max_size=4))
def test_tables_that_differ_by_few_women_do_not_follow_each_other(
    women: list[str], others: list[tuple[int, str | None]]
) -> None:
    """However up to four women come, go or change, the report before stays: the difference would tell of them."""
    now: list[str | None] = list(women)
    for place, label in others:
        now[place] = label
    assert not may_replace(table(women), table([label for label in now if label]), TRIAL)
    assert not may_replace(table(women), table([*women, *(label for _, label in others if label)]), TRIAL)


def test_enough_others_make_a_new_table() -> None:
    """Five that came are enough; women who took each other's place are none at all."""
    before = {"a": 20, "b": 20}
    assert women_between(before, {"a": 19, "b": 21}) == 1
    assert women_between(before, {"a": 20, "b": 20}) == 0
    assert not may_replace(before, {"a": 20, "b": 20}, TRIAL)
    assert not may_replace(before, {"a": 24, "b": 20}, TRIAL)
    assert may_replace(before, {"a": 23, "b": 22}, TRIAL)
    assert may_replace(before, {"a": 15, "b": 20}, TRIAL)


@pytest.mark.parametrize("limits", [(5, 5, 5), (5, 20, 6), (5, 20, 0), (30, 20, 5)])
def test_a_policy_that_would_tell_of_somebody_is_none(limits: tuple[int, int, int]) -> None:
    """Such limits are refused where the policy is read."""
    with pytest.raises(ValueError, match="could tell"):
        Disclosure(*limits)


def test_the_policy_says_what_may_be_told() -> None:
    """Five, twenty, five."""
    assert PILOT.disclosure == TRIAL


def test_no_report_counts_anything_intimate() -> None:
    """Every fact that a report looks at is declared, and none is intimate (notes, tests, mental health, violence)."""
    declared = {fact.graphql_path: fact.fact.sensitivity for fact in walk()}
    for report in REPORTS:
        for path in report.facts:
            assert declared[path] is not Sensitivity.INTIMATE, path
