"""How many replications a planner is told to run."""

import pandas as pd

from sim.analysis.replication_advice import replications_advised


def advice(**needed: int) -> pd.DataFrame:
    return pd.DataFrame({"metric": list(needed), "replications_needed": list(needed.values())})


def test_below_ten_replications_the_advice_is_ten() -> None:
    assert replications_advised(advice(on_time_share=770, overdue=900), 2) == 10
    assert replications_advised(pd.DataFrame(), 1) == 10


def test_a_rare_count_does_not_drive_the_advice() -> None:
    assert replications_advised(advice(on_time_share=14, cycle_working_mean=25, overdue=770), 12) == 25


def test_no_fewer_replications_are_advised_than_there_are() -> None:
    assert replications_advised(advice(on_time_share=14), 40) == 40
