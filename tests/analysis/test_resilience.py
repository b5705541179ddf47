"""A shock whose depth, length and loss are known beforehand, and what cannot be said of one."""

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.compare import compare
from sim.analysis.resilience import performance
from sim.analysis.shocks import recovery
from sim.analysis.summarise import summarise
from sim.analysis.summary import Comparison
from sim.record.store import StudyRecords
from tests.support.shocked_records import (
    BEGAN_HOUR,
    CLEARED,
    COMMUNES,
    DEPTH,
    LASTS_HOURS,
    LATE_MORE,
    USUAL,
    extra_by_hour,
    write_shocked_study,
)
from tests.support.synthetic_records import write_synthetic_study

WAIT = 2 * USUAL


def compared(study: StudyRecords) -> Comparison:
    return compare(study, {name: summarise(each, study.study) for name, each in study.alternatives.items()})


@pytest.fixture(scope="module")
def shocked(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(write_shocked_study(tmp_path_factory.mktemp("shocked")))


def values(comparison: Comparison) -> dict[str, float]:
    return dict(zip(comparison.shocks["metric"], comparison.shocks["value"], strict=True))


def test_begin_depth_recovery_and_loss_are_those_of_the_shock(shocked: Comparison) -> None:
    found = values(shocked)
    tolerance = 0.05 * DEPTH
    hours_of_clearing = np.ceil((DEPTH - tolerance) / CLEARED)
    extra = extra_by_hour(30)
    end = int(BEGAN_HOUR + LASTS_HOURS + hours_of_clearing)
    assert found["shock_began"] == BEGAN_HOUR
    assert found["shock_lasted"] == LASTS_HOURS
    assert found["extra_waiting_most"] == DEPTH
    assert found["hours_to_depth"] == 0
    assert found["performance_lowest"] == pytest.approx(WAIT / (WAIT + DEPTH))
    assert found["recovered_share"] == 1
    assert found["time_to_recover"] == LASTS_HOURS + hours_of_clearing
    assert found["loss"] == pytest.approx(extra[BEGAN_HOUR:end].sum() / 24)


def test_what_has_other_provinces_than_the_base_is_no_shock_to_it(tmp_path: Path) -> None:
    found = compared(write_shocked_study(tmp_path, days=14, replications=2, only_hit=("99",)))
    assert found.shocks.empty and found.resilience.empty and found.shock_provinces.empty
    assert not found.differences.empty


def test_late_dossiers_are_counted_more_where_they_are_late(shocked: Comparison) -> None:
    late = LATE_MORE * COMMUNES // 2
    assert values(shocked)["extra_late"] == late
    table = shocked.shock_provinces
    by_province = table[table["metric"] == "extra_late"].set_index("province")["value"]
    assert by_province.to_dict() == {"Quảng Ngãi": late, "Quảng Trị": 0}
    most = table[table["metric"] == "extra_waiting_most"].set_index("province")["value"]
    assert most.to_dict() == {"Quảng Ngãi": DEPTH, "Quảng Trị": 0}


def test_the_curve_is_whole_before_falls_at_the_begin_and_comes_back(shocked: Comparison) -> None:
    table = shocked.resilience[shocked.resilience["metric"] == "performance"]
    curve = table.set_index("hours")["value"]
    assert (curve[curve.index < 0] == 1).all()
    assert curve[0.0] == pytest.approx(WAIT / (WAIT + DEPTH))
    assert curve.iloc[-1] == 1
    extra = shocked.resilience[shocked.resilience["metric"] == "extra_waiting"].set_index("hours")["value"]
    assert extra[LASTS_HOURS + 3.0] == DEPTH - 3 * CLEARED


def test_an_equal_shock_in_all_replications_has_no_width(shocked: Comparison) -> None:
    rows = shocked.shocks[shocked.shocks["metric"].isin(["loss", "time_to_recover", "extra_waiting_most"])]
    assert (rows["low"] == rows["high"]).all()
    assert (rows["replications"] == 3).all()


def test_what_does_not_recover_has_no_time_to_recover(tmp_path: Path) -> None:
    found = values(compared(write_shocked_study(tmp_path, days=20, never_recovers=True)))
    assert found["recovered_share"] == 0
    assert np.isnan(found["time_to_recover"])
    assert found["loss"] == pytest.approx(DEPTH * (20 * 24 - BEGAN_HOUR) / 24)


def test_alternatives_with_the_outages_of_the_base_alone_have_no_shock(tmp_path: Path) -> None:
    comparison = compared(write_synthetic_study(tmp_path, communes=3, days=15, replications=2))
    assert comparison.shocks.empty
    assert comparison.resilience.empty
    assert comparison.shock_provinces.empty


def test_recovery_counts_from_when_the_tolerance_is_kept_for_good() -> None:
    extra = np.array([0, 100, 80, 4, 6, 3, 0, 0])
    assert recovery(extra, 1) == 5
    assert recovery(extra, 1, usual=350.0) == 3
    assert recovery(np.array([0, 1, 0]), 0) == 0
    assert recovery(np.array([0, 9, 9]), 0) == 3


def test_fewer_that_wait_are_no_more_than_whole_performance() -> None:
    assert performance(np.array([-50.0, 0.0, 100.0]), np.array(100.0)).tolist() == [1.0, 1.0, 0.5]
