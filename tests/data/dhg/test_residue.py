"""The round trip's memory: what is remembered comes back, and never over something newer."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.dhg.residue import Whole, apply, difference, same

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=6)
)
NAMES = st.sampled_from(["a", "b", "c", "was", "is", "absent", "extra", "inside", "entries", "of"])
TEXTS: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)


@given(TEXTS, TEXTS)
def test_the_original_comes_back(canonical: Any, original: Any) -> None:
    """What apply makes of the canonical text and its residue is the original, numbers as they were written."""
    assert same(apply(canonical, difference(canonical, original)), original)


@given(st.dictionaries(NAMES, TEXTS), st.dictionaries(NAMES, TEXTS), NAMES, TEXTS)
def test_what_changed_since_wins(canonical: dict[str, Any], original: dict[str, Any], name: str, value: Any) -> None:
    """A member whose canonical value is another than it was then is never spelled the old way."""
    residue = difference(canonical, original)
    changed = canonical | {name: value}
    text = apply(changed, residue)
    if not isinstance(value, dict | list) and value is not None and not same(value, canonical.get(name)):
        assert same(text[name], value)
    for other in changed.keys() - {name}:
        assert (other in text) == (other in original)


@given(TEXTS)
def test_the_canonical_text_has_no_residue(text: Any) -> None:
    """Nothing is kept of a text that says just what the canonical text says."""
    assert difference(text, deepcopy(text)) is None
    assert same(apply(text, None), text)


@given(TEXTS, TEXTS, TEXTS)
def test_any_residue_on_any_text_gives_a_text(canonical: Any, original: Any, later: Any) -> None:
    """A residue whose text has changed shape altogether does no harm."""
    apply(later, difference(canonical, original))


def test_one_is_neither_one_point_zero_nor_true() -> None:
    """Numbers are the same only as they were written; the order of members says nothing."""
    assert same({"a": 1, "b": [1.0]}, {"b": [1.0], "a": 1})
    assert not same(1, 1.0)
    assert not same(1, True)
    assert not same(0.0, -0.0)


def test_a_residue_is_as_small_as_the_difference() -> None:
    """Absent members, unknown members and other spellings each cost only themselves."""
    canonical = {"note": None, "bloodPressure": "120/80", "weight": 64.0, "folate": {"before": True}}
    original = {"bloodPressure": "120 / 80", "weight": 64.0, "folate": {"before": True, "dose": 400}}
    assert difference(canonical, original) == {
        "absent": {"note": None},
        "inside": {"bloodPressure": {"was": "120/80", "is": "120 / 80"}, "folate": {"extra": {"dose": 400}}},
    }


def test_an_old_spelling_never_overwrites_a_correction() -> None:
    """After the blood pressure is corrected its old spelling is gone, and the unknown member beside it is not."""
    residue = difference({"bp": "120/80", "note": None}, {"bp": "120 / 80", "device": "left arm"})
    assert apply({"bp": "130/85", "note": None}, residue) == {"bp": "130/85", "device": "left arm"}
    assert apply({"bp": "120/80", "note": "new"}, residue) == {"bp": "120 / 80", "note": "new", "device": "left arm"}


def test_what_was_said_beyond_a_whole_value_goes_with_it() -> None:
    """An old name of the author's organisation is not found beside the next author."""
    first = {"by": Whole(orgName="A", name=None)}
    residue = difference(first, {"by": {"orgNrDisplay": "A"}})
    assert apply(first, residue) == {"by": {"orgNrDisplay": "A"}}
    assert apply({"by": Whole(orgName="B", name=None)}, residue) == {"by": {"orgName": "B", "name": None}}


def test_an_unknown_member_stays_with_its_entry() -> None:
    """When an entry leaves a list, what was unknown of it leaves too and is not found on its neighbour."""
    one, two = {"fosterId": 1, "rate": 140}, {"fosterId": 2, "rate": 150}
    residue = difference([one, two], [one | {"x": "one"}, two | {"x": "two"}])
    assert apply([two], residue) == [two | {"x": "two"}]
    assert apply([two, one], residue) == [two | {"x": "two"}, one | {"x": "one"}]
    assert apply([{"fosterId": 1, "rate": 144}, two], residue) == [
        {"fosterId": 1, "rate": 144, "x": "one"},
        two | {"x": "two"},
    ]
    assert apply([{"fosterId": 3, "rate": 150}], residue) == [{"fosterId": 3, "rate": 150}]


def test_an_entry_that_cannot_be_told_apart_keeps_its_canonical_text() -> None:
    """Entries without an identifying member are only matched while the list is as long as it was."""
    residue = difference([{"fosterId": None}], [{"fosterId": None, "x": 1}])
    assert apply([{"fosterId": None}], residue) == [{"fosterId": None, "x": 1}]
    assert apply([{"fosterId": None}, {"fosterId": None}], residue) == [{"fosterId": None}, {"fosterId": None}]


def test_a_member_declared_later_keeps_its_old_text() -> None:
    """When a member we did not know becomes one we do, its text holds until somebody records something there."""
    residue = difference({"a": 1}, {"a": 1, "later": "text"})
    assert apply({"a": 1, "later": None}, residue) == {"a": 1, "later": "text"}
    assert apply({"a": 1, "later": "new"}, residue) == {"a": 1, "later": "new"}
