"""Few dossiers, many communes: chance must not make a commune look bad."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis.quantities import Tally
from sim.analysis.setting import Setting
from sim.analysis.spread import corrected_shares, decile_parts, decile_quantities, worst_first
from sim.analysis.worst_communes import worst_communes_table

REPLICATIONS = 10


def dossiers_by_chance(sizes: np.ndarray, shares: np.ndarray, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """On time and decided, [communes, replications]."""
    rng = np.random.default_rng(seed)
    decided = rng.poisson(sizes[:, None], (len(sizes), REPLICATIONS))
    return rng.binomial(decided, shares[:, None]).astype(float), decided.astype(float)


def tally_of(on_time: np.ndarray, decided: np.ndarray) -> Tally:
    nothing = np.zeros_like(decided)
    return Tally({"on_time": on_time, "with_deadline": decided}, nothing, nothing)


def setting_with(communes: int) -> Setting:
    names = [f"{number:05d}" for number in range(communes)]
    table = pd.DataFrame({"site": names, "name": names, "kind": "commune", "province": "P"})
    return Setting(
        confidence=0.95,
        warm_up_days=0,
        days=pd.date_range("2025-07-01", periods=30),
        office_ms_per_working_day=27e6,
        office_open=np.ones(30, dtype=np.bool_),
        groups=("a", "inherited"),
        counts_apart=np.array([False, False]),
        internal=np.array([False, False]),
        communes=table,
        pools=pd.DataFrame(),
        links=pd.DataFrame(),
        helpers=pd.DataFrame(),
        citizen_hour_vnd=0.0,
        targets={},
    )


def test_equal_communes_are_hardly_ever_called_worse_than_the_mean() -> None:
    flagged = 0
    for seed in range(60):
        on_time, decided = dossiers_by_chance(np.geomspace(2, 400, 100), np.full(100, 0.9), seed)
        flagged += int(
            worst_communes_table(tally_of(on_time, decided), setting_with(100))["worse_than_mean"].any()
        )
    # Five in a hundred studies may flag a commune; 9 of 60 or more would come once in 300 times.
    assert flagged < 9


def test_a_commune_that_is_worse_is_found_before_a_tiny_one_with_bad_luck() -> None:
    sizes, shares = np.full(50, 300.0), np.full(50, 0.92)
    shares[7] = 0.75
    on_time, decided = dossiers_by_chance(sizes, shares)
    on_time[3], decided[3] = 0, 0
    decided[3, 0], on_time[3, 0] = 2, 1
    table = worst_communes_table(tally_of(on_time, decided), setting_with(50))
    assert table["site"].iloc[0] == "00007"
    assert table["worse_than_mean"].iloc[0]
    assert not table.set_index("site").loc["00003", "worse_than_mean"]
    assert table.set_index("site").loc["00003", "on_time_share"] < table["on_time_share"].iloc[0]


def test_a_commune_without_dossiers_is_not_in_the_list() -> None:
    on_time, decided = dossiers_by_chance(np.array([50.0, 50.0, 0.0]), np.full(3, 0.9))
    table = worst_communes_table(tally_of(on_time, decided), setting_with(3))
    assert list(table["rank"]) == [1, 2]
    assert "00002" not in set(table["site"])


def test_spread_of_equal_communes_is_nothing_but_chance_would_show_some() -> None:
    on_time, decided = dossiers_by_chance(np.full(100, 20.0), np.full(100, 0.8))
    gap = decile_quantities(tally_of(on_time, decided))["on_time_gap"].interval("on_time_gap", 0.95)
    assert gap.low[0] <= 0 <= gap.high[0]
    own = np.sort(on_time.sum(axis=1) / decided.sum(axis=1))
    assert own[-10:].mean() - own[:10].mean() > 0.05


def test_spread_of_different_communes_is_found() -> None:
    shares = np.linspace(0.6, 1.0, 100)
    on_time, decided = dossiers_by_chance(np.full(100, 200.0), shares)
    gap = decile_quantities(tally_of(on_time, decided))["on_time_gap"].values.mean()
    assert gap == pytest.approx(shares[-10:].mean() - shares[:10].mean(), abs=0.02)


def test_every_dossier_is_in_one_part_of_the_spread() -> None:
    on_time, decided = dossiers_by_chance(np.geomspace(1, 200, 37), np.linspace(0.7, 0.99, 37))
    parts = decile_parts(on_time, decided)
    assert sum(part[1] for part in parts.values()) == pytest.approx(decided.sum(axis=0)[None])
    assert sum(part[0] for part in parts.values()) == pytest.approx(on_time.sum(axis=0)[None])


def test_the_less_is_known_of_a_commune_the_closer_it_is_to_the_common_share() -> None:
    on_time = np.array([[8.0] * 5, [80.0] * 5, [800.0] * 5, [990.0] * 5, [930.0] * 5])
    decided = np.array([[10.0] * 5, [100.0] * 5, [1000.0] * 5, [1000.0] * 5, [1000.0] * 5])
    corrected = corrected_shares(on_time, decided)
    common = on_time.sum() / decided.sum()
    assert common > corrected[0] > corrected[1] > corrected[2] > 0.8
    assert list(worst_first(on_time, decided)[:3]) == [2, 1, 0]
