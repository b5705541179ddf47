"""Intervals from independent copies of the same system."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


class Totals(NamedTuple):
    """What each copy added up: of the quantity, and of what it is a mean over; shape (copies,) each."""

    amounts: Floats
    counts: Floats


class Interval(NamedTuple):
    """A mean, its standard error, and the number of copies that it comes from."""

    mean: float
    standard_error: float
    copies: int

    def half_width(self, confidence: float) -> float:
        """Half the width of the interval, by Student's t."""
        return float(stats.t.ppf(0.5 + confidence / 2, self.copies - 1)) * self.standard_error

    def covers(self, value: float, confidence: float) -> bool:
        """Whether a value lies inside."""
        return abs(value - self.mean) <= self.half_width(confidence)


def interval_of(totals: Totals) -> Interval:
    """Mean amount per count with its error over copies (ratio estimate, Cochran 1977, section 6.4)."""
    amounts, counts = (np.asarray(values, np.float64) for values in totals)
    mean = amounts.sum() / counts.sum()
    rest = amounts - mean * counts
    error = np.sqrt((rest @ rest) / (len(rest) - 1) / len(rest)) / counts.mean()
    return Interval(float(mean), float(error), len(rest))
