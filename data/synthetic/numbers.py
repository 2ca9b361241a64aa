"""Identity numbers of the population: the index-th woman has one of her own, found without looking at the others.

Women are dealt out in rounds. A round holds every birth day of fertile age as often as the age distribution says, in
a shuffled order; in each round a birth day goes on to the next individual digits. All numbers are synthetic (month
plus 80). The last hundred individual digits of a birth day are left to the cast and to the tests.
"""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from math import exp
from typing import Final

from data.identity_numbers import make_synthetic

MEAN_AGE, AGE_DEVIATION, YOUNGEST, OLDEST = 30.6, 5.1, 18.5, 45.0
ROUND: Final = 50_000
"""About how many women are dealt out in one round."""


@dataclass(frozen=True)
class Deal:
    """One round's cards: how many women were born on each day, and the shuffled order they are dealt in."""

    youngest_on: date
    ends: tuple[int, ...]
    order: tuple[int, ...]


class PopulationExhausted(ValueError):
    """There are no more individual digits for a birth day."""


def number_of(seed: int, index: int, as_of: date) -> tuple[str, date]:
    """The identity number and birth day of a woman of the population."""
    deal = _deal(seed, _anchor(as_of))
    round_number, place = divmod(index, len(deal.order))
    card = deal.order[place]
    day = bisect(deal.ends, card)
    first = deal.ends[day - 1] if day else 0
    a_round = deal.ends[day] - first
    born_on = deal.youngest_on - timedelta(days=day)
    return _nth_number(born_on, round_number * a_round + card - first), born_on


def _anchor(as_of: date) -> date:
    """Ages are counted from the middle of a five-year period, so that numbers stay the same from day to day."""
    return date(as_of.year // 5 * 5 + 2, 7, 1)


@cache
def _deal(seed: int, anchor: date) -> Deal:
    ages = [YOUNGEST + day / 365.25 for day in range(round((OLDEST - YOUNGEST) * 365.25))]
    weights = [exp(-(((age - MEAN_AGE) / AGE_DEVIATION) ** 2) / 2) for age in ages]
    shares = [max(1, round(ROUND * weight / sum(weights))) for weight in weights]
    ends = tuple(accumulate(shares))
    order = list(range(ends[-1]))
    random.Random(f"{seed}/{anchor}").shuffle(order)
    return Deal(anchor - timedelta(days=round(YOUNGEST * 365.25)), ends, tuple(order))


def _nth_number(born_on: date, nth: int) -> str:
    """The nth number of a birth day that has check digits; a woman's individual digits end in an even one."""
    first = 500 if born_on.year >= 2000 else 0
    for digits in range(first, first + 400, 2):
        number = make_synthetic(born_on, digits)
        if number is not None:
            if nth == 0:
                return number
            nth -= 1
    raise PopulationExhausted(f"no identity numbers left for women born on {born_on}")
