"""Standard scores and centiles of the normal distribution."""

from statistics import NormalDist
from typing import Final

STANDARD: Final = NormalDist()


def centile_of(z_score: float) -> float:
    """The centile a standard score stands for, 0 to 100."""
    return 100 * STANDARD.cdf(z_score)


def z_score_of(centile: float) -> float:
    """The standard score of a centile, which lies between 0 and 100 and is neither."""
    return STANDARD.inv_cdf(centile / 100)
