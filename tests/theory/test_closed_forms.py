"""The compiled engine, through scenario files and the whole program, against queueing theory.

The length of the short form is one replication of each file, that of the long form all of them. The seeds
stand in the files, so that a result here is the same every time; what theory says is never observed.
After a change of the random numbers one interval in a hundred misses by chance; the long form tells chance
from error.
"""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from tests.theory.cases import CASES
from tests.theory.intervals import Interval, Totals, interval_of
from tests.theory.replications import SCENARIOS, play, replications_of

CONFIDENCE = 0.99
QUANTITIES = [(case, quantity.name) for case, quantities in CASES.items() for quantity in quantities]

pytestmark = pytest.mark.theory


@cache
def observed(case: str, replication: int) -> tuple[dict[str, Totals], dict[str, int]]:
    """All quantities of a case in one replication, and the totals of the run."""
    communes = play(case, replication)
    return {quantity.name: quantity.observe(communes) for quantity in CASES[case]}, communes.totals


def interval(case: str, name: str, replications: int) -> Interval:
    """The interval from all communes of so many replications."""
    parts = [observed(case, replication)[0][name] for replication in range(replications)]
    return interval_of(Totals(*(np.concatenate(values) for values in zip(*parts, strict=True))))


def require_theory_inside(case: str, name: str, found: Interval, narrower: float) -> None:
    """Fail unless theory lies in the interval, and the interval is narrow enough to mean something."""
    quantity = next(quantity for quantity in CASES[case] if quantity.name == name)
    truth, half_width = quantity.truth(), found.half_width(CONFIDENCE)
    assert half_width < narrower * quantity.widest * truth, "the interval is too wide to tell anything"
    assert found.covers(truth, CONFIDENCE), (
        f"theory {truth:.6g}, found {found.mean:.6g} +- {half_width:.3g} in {found.copies} copies"
    )


def test_every_theory_scenario_has_its_closed_form():
    assert {path.stem for path in SCENARIOS.glob("*.yaml")} == set(CASES)


@pytest.mark.parametrize(("case", "name"), QUANTITIES)
def test_theory_lies_in_the_99_percent_interval(case: str, name: str):
    require_theory_inside(case, name, interval(case, name, replications=1), narrower=1.0)


@pytest.mark.parametrize("case", CASES)
def test_littles_law_is_exact(case: str):
    totals = observed(case, 0)[1]
    assert totals["in_system_area_ms"] == totals["elapsed_ms_finished"] + totals["elapsed_ms_unfinished"]
    assert totals["filed"] == totals["finished"] + totals["unfinished"]
    assert totals["split_errors"] == 0


def test_half_of_the_50_percent_intervals_cover_theory():
    """Intervals that are too wide, or a bias too small for one interval, would show in all together."""
    # The first quantity of each case only: quantities of one run depend on each other.
    covered = [interval(case, qs[0].name, 1).covers(qs[0].truth(), 0.5) for case, qs in CASES.items()]
    assert stats.binomtest(sum(covered), len(covered), 0.5).pvalue > 0.001


def test_the_number_in_m_m_infinity_is_poisson():
    """Dispersion test: the variance over independent communes equals the mean (Cochran 1954)."""
    counts = observed("mm_infinity", 0)[0]["dossiers at the end"].amounts
    dispersion = ((counts - counts.mean()) ** 2).sum() / counts.mean()
    assert 0.005 < stats.chi2.cdf(dispersion, len(counts) - 1) < 0.995
    at_most_15 = int((counts <= 15).sum())
    assert stats.binomtest(at_most_15, len(counts), stats.poisson.cdf(15, 20.0)).pvalue > 0.01


@pytest.mark.long
@pytest.mark.parametrize(("case", "name"), QUANTITIES)
def test_theory_lies_in_the_99_percent_interval_of_all_replications(case: str, name: str):
    replications = replications_of(case)
    require_theory_inside(case, name, interval(case, name, replications), narrower=1.2 * replications**-0.5)


@pytest.mark.long
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_single_replications_miss_theory_as_often_as_intervals_should(confidence: float):
    covered = [
        interval_of(observed(case, replication)[0][quantities[0].name]).covers(
            quantities[0].truth(), confidence
        )
        for case, quantities in CASES.items()
        for replication in range(replications_of(case))
    ]
    assert stats.binomtest(sum(covered), len(covered), confidence).pvalue > 0.001
