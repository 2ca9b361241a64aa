"""Seeded chance: the same seed throws the same dice, on every machine and in every process."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

_Option = TypeVar("_Option")


class Dice(random.Random):
    """The only source of chance for synthetic women."""

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, options: Sequence[_Option]) -> _Option:
        return options[int(self.random() * len(options))]

    def weighted(self, options: Sequence[tuple[_Option, float]]) -> _Option:
        """One option; the weights add up to 1."""
        left = self.random()
        for option, weight in options:
            left -= weight
            if left < 0:
                return option
        return options[-1][0]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def normal(self, mean: float, deviation: float, low: float, high: float) -> float:
        """A normally distributed number, held within low and high."""
        return min(high, max(low, self.gauss(mean, deviation)))

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.whole(0, (last - first).days))

    def unique_id(self) -> str:
        """A random UUID (version 4) as text."""
        digits = f"{self.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
