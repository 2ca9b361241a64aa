"""Every access case has its test, every test that is named after a case names one there is, and the table says so.

`HELSEKORT_WRITE_CASES=1 pytest tests/access/test_catalogue.py` writes `docs/access-cases.md` anew.
"""

import os
from collections import Counter

from tests.access.cases.auditing import NOT_ONE
from tests.access.catalogue import LETTERS, PRINTED, listed_cases, named_after_cases, printed

CASES_OF_EACH = {"T": 25, "D": 18, "S": 16, "A": 13, "R": 24, "B": 17, "F": 24, "C": 21, "L": 6, "G": 12}


def test_the_list_of_cases_is_whole() -> None:
    """176 cases, numbered from 1 under each letter."""
    whole = [f"{letter}{number:02}" for letter, last in CASES_OF_EACH.items() for number in range(1, last + 1)]
    assert (list(listed_cases()), len(whole), list(LETTERS)) == (whole, 176, list(CASES_OF_EACH))


def test_every_case_has_its_test() -> None:
    """One at least that is the case itself; tests of its parts alone do not count."""
    assert sorted(listed_cases().keys() - {found.case for found in named_after_cases() if found.is_own}) == []


def test_no_test_is_named_after_a_case_that_is_not_there() -> None:
    """A case that was misspelt would be counted as missing by nobody."""
    assert [found for found in named_after_cases() if found.case not in listed_cases()] == []


def test_no_case_is_excused_that_is_not_there() -> None:
    """From leaving one record of each of its requests."""
    assert NOT_ONE.keys() <= listed_cases().keys()


def test_no_two_tests_have_one_name() -> None:
    """The later of two in one file would be the only one that is run."""
    counted = Counter((found.path, found.name, found.case) for found in named_after_cases())
    assert [name for name, count in counted.items() if count > 1] == []


def test_the_table_is_what_the_tests_say() -> None:
    """A case that is moved, renamed or added shows as a change of the table."""
    text = printed()
    if os.environ.get("HELSEKORT_WRITE_CASES"):
        PRINTED.write_text(text, encoding="utf-8")
    assert PRINTED.read_text(encoding="utf-8") == text
