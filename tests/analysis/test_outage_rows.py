"""What counts as time out of work: only what is down."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from sim.analysis.counts import Counts
from sim.analysis.outages import outages_table
from sim.analysis.setting import Setting

HOUR = 3_600_000


def row(kind: str, target: str, began: int, ended: int, effect: str, replication: int) -> dict[str, Any]:
    hours = {"began_ms": began * HOUR, "ended_ms": ended * HOUR}
    return {
        "target_kind": kind,
        "target": target,
        "site": "VN" if kind == "system" else "01",
        "cause": "crowd",
        "effect": effect,
        "replication": replication,
        **hours,
    }


def test_what_is_slow_or_read_only_is_counted_as_an_outage_and_available() -> None:
    rows = [
        entry
        for replication in (0, 1)
        for entry in (
            row("system", "portal", 0, 10, "slow", replication),
            row("system", "portal", 5, 15, "down", replication),
            row("system", "portal", 30, 40, "read_only", replication),
            row("link", "line", 0, 20, "slow", replication),
            row("site", "power", 0, 25, "down", replication),
        )
    ]
    counts = SimpleNamespace(outages=pd.DataFrame(rows), replications=[0, 1])
    setting = SimpleNamespace(horizon_ms=100 * HOUR, warm_up_ms=0, confidence=0.95, links=[0, 1])
    table = outages_table(cast(Counts, counts), cast(Setting, setting)).set_index(["metric", "target_kind"])
    assert table.loc[("outages", "system"), "value"] == 3
    assert table.loc[("system_availability", "system"), "value"] == pytest.approx(0.9)
    assert table.loc[("link_availability", "link"), "value"] == 1
    assert table.loc[("down_hours", "site"), "value"] == 25
