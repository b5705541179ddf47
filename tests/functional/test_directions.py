"""What must happen when one thing is made better or worse, on common random numbers."""

from itertools import pairwise
from typing import Any

import pytest

from tests.support.played import played
from tests.support.tiny_scenario import tiny_scenario

REPLICATIONS = 8
NOISE = 0.01
"""A dossier more or less on time, out of more than a thousand, is chance."""


def line_faults(every: str) -> dict[str, Any]:
    return {
        "line_faults": {
            "links": ["line"],
            "random": {
                "time_between_failures": {"exponential": {"mean": every}},
                "time_to_repair": {"exponential": {"mean": "5 h"}},
            },
        }
    }


LINE = {"from": "commune", "to": "province", "bandwidth": "200 Mbps"}
BACKUP = {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "backup": True}
TRUNK = {"from": "province", "to": "centre", "bandwidth": "10 Gbps", "latency": "5 ms"}
WITH_CUTOFF = {"courier": {"calendar": "office", "time": "4 h"}}
BUSY: dict[str, Any] = {
    "pools__reception__headcount": 1,
    "procedures__permit__deadline": "1 working days",
    "procedures__permit__steps__desk__touch_time": {"exponential": {"mean": "24 min"}},
    "outages": line_faults("40 h"),
}
KNOWN: dict[str, dict[str, float]] = {}


def sums(**changes: Any) -> dict[str, float]:
    """Sums of the flow table over all replications, of the busy study with changes."""
    asked = repr(changes)
    if asked not in KNOWN:
        scenario = tiny_scenario(**(BUSY | changes))
        tables = [played(scenario, replication).flow for replication in range(REPLICATIONS)]
        KNOWN[asked] = {name: float(sum(each[name] for each in tables)) for name in tables[0].index}
    return KNOWN[asked]


def on_time_share(found: dict[str, float]) -> float:
    return found["on_time"] / found["with_deadline"]


def mean_hours(found: dict[str, float], cause: str) -> float:
    return found[f"cause_{cause}_ms"] / found["finished"] / 3_600_000


def test_the_busy_study_has_room_to_become_better_and_worse() -> None:
    found = sums()
    assert 0.2 < on_time_share(found) < 0.9
    assert all(mean_hours(found, cause) > 0.05 for cause in ("staff", "outage", "signature", "closed"))


def test_more_staff_raises_the_on_time_share_and_lowers_the_wait_for_staff() -> None:
    found = [sums(pools__reception__headcount=people) for people in (1, 2, 3, 4)]
    shares, waits = [on_time_share(each) for each in found], [mean_hours(each, "staff") for each in found]
    assert all(more > fewer - NOISE for fewer, more in pairwise(shares)) and shares[1] > shares[0] + 0.1
    assert all(more < fewer for fewer, more in pairwise(waits)) and waits[1] < waits[0] / 2


def test_faster_work_raises_the_on_time_share_and_lowers_work_and_wait() -> None:
    slow = sums()
    fast = sums(procedures__permit__steps__desk__touch_time={"exponential": {"mean": "12 min"}})
    assert on_time_share(fast) > on_time_share(slow) + 0.1
    assert mean_hours(fast, "work") < mean_hours(slow, "work")
    assert mean_hours(fast, "staff") < mean_hours(slow, "staff")


def test_a_backup_line_lowers_the_time_lost_to_outages() -> None:
    without, backed_up = sums(), sums(network={"line": LINE, "spare": BACKUP, "trunk": TRUNK})
    assert backed_up["cause_outage_ms"] < without["cause_outage_ms"] / 4
    assert on_time_share(backed_up) > on_time_share(without)


def test_more_outages_raise_the_time_lost_to_outages() -> None:
    none, some, many = sums(outages={}), sums(), sums(outages=line_faults("10 h"))
    assert none["cause_outage_ms"] == 0
    assert mean_hours(many, "outage") > 1.5 * mean_hours(some, "outage") > 0
    assert on_time_share(many) < on_time_share(some) < on_time_share(none)


@pytest.mark.parametrize("windows", [["09:00-11:30"], ["09:00-11:30", "14:00-17:00"]], ids=["one", "two"])
def test_longer_signing_windows_lower_the_wait_for_signature(windows: list[str]) -> None:
    longer = sums(calendars__signing__weekly={"mon-fri": windows})
    assert mean_hours(longer, "signature") < 0.9 * mean_hours(sums(), "signature")


def test_a_later_cutoff_never_lowers_the_on_time_share() -> None:
    early, late = sums(rules=WITH_CUTOFF | {"cutoff": "12:00"}), sums(rules=WITH_CUTOFF | {"cutoff": "15:00"})
    # A dossier that counts from the next day is due a day later.
    assert on_time_share(early) > on_time_share(late)
    assert early["cycle_ms"] == late["cycle_ms"]
