"""Random numbers have addresses: a change moves only what it causes (E7 to E9)."""

from typing import Any

import pandas as pd

from sim.world.arrays import LOG_PUT_ASIDE, LOG_SERVICE, MS_PER_DAY
from tests.support.played import Played, played
from tests.support.tiny_scenario import TINY, tiny_scenario

SECOND = {
    "group": "papers",
    "deadline": "3 working days",
    "rate": {"per_1000_inhabitants_and_working_day": 2},
    "steps": {
        "desk": {"pool": "reception", "touch_time": {"exponential": {"mean": "10 min"}}},
        "check": {"pool": "checker", "touch_time": {"gamma": {"mean": "45 min", "cv": 0.7}}},
    },
}
CHECKER = {"level": "commune", "headcount": 1, "calendar": "always"}
LINE_FAULTS = {
    "links": ["line"],
    "random": {
        "time_between_failures": {"exponential": {"mean": "6 h"}},
        "time_to_repair": {"exponential": {"mean": "1 h"}},
    },
}


LAST_STEP = {"permit": "signature", "other": "check"}
LAST_DAY_MS = 13 * MS_PER_DAY


def run(**changes: Any) -> Played:
    """A study with its step log. People work round the clock, so that a service lasts as long as its work."""
    round_the_clock = {f"pools__{pool}__calendar": "always" for pool in ("reception", "leader")}
    leader = {"pools__leader__windows_within": None, "pools__checker": dict(CHECKER)}
    return played(tiny_scenario(**(round_the_clock | leader | changes)), logging=True)


def first_entries(of: Played, procedure: str) -> pd.DataFrame:
    """When and where each dossier of a procedure was filed; those of the last day may not have begun."""
    # The log is in the order of happening: the first row of a dossier is that of its first step.
    first = of.log[of.log["procedure"] == procedure].drop_duplicates("dossier")
    filed = first.loc[first["entered_ms"] < LAST_DAY_MS, ["site", "entered_ms"]]
    return filed.sort_values(["site", "entered_ms"]).reset_index(drop=True)


def services(of: Played, procedure: str, step: str) -> pd.DataFrame:
    """Touch time of every service of a step, by dossier."""
    rows = of.log[(of.log["event"] == LOG_SERVICE) & (of.log["procedure"] == procedure)]
    rows = rows[rows["step"] == step].assign(work_ms=lambda each: each["ended_ms"] - each["started_ms"])
    return rows.set_index("dossier")["work_ms"].sort_index()


def same_where_both_have_one(one: pd.Series, other: pd.Series) -> bool:
    """Whether dossiers served in both runs took as long in both; nearly all are."""
    both = one.index.intersection(other.index)
    assert len(both) > 0.9 * max(len(one), len(other)) > 90
    return one[both].equals(other[both])


def test_more_people_in_one_pool_leave_filings_and_all_touch_times_alone() -> None:
    few, many = run(procedures__other=SECOND), run(procedures__other=SECOND, pools__checker__headcount=3)
    assert few.result.totals["filed"] == many.result.totals["filed"]
    for procedure in ("permit", "other"):
        pd.testing.assert_frame_equal(first_entries(few, procedure), first_entries(many, procedure))
    for procedure, step in (
        ("permit", "desk"),
        ("permit", "signature"),
        ("other", "desk"),
        ("other", "check"),
    ):
        assert same_where_both_have_one(services(few, procedure, step), services(many, procedure, step))


def test_more_people_in_one_pool_leave_every_moment_of_the_others_alone() -> None:
    few, many = run(procedures__other=SECOND), run(procedures__other=SECOND, pools__checker__headcount=3)
    logs = [each.log[each.log["step"].isin(["desk", "signature"])] for each in (few, many)]
    ordered = [log.sort_values(["dossier", "ended_ms"]).reset_index(drop=True) for log in logs]
    pd.testing.assert_frame_equal(*ordered)
    assert not few.log.equals(many.log)


def test_another_procedure_leaves_the_filings_of_the_others_alone() -> None:
    # Its name comes first, in the file and in the alphabet.
    permit = TINY["procedures"]["permit"]
    alone, together = run(), run(procedures={"another": SECOND, "permit": permit})
    assert together.result.totals["filed"] > 1.5 * alone.result.totals["filed"]
    pd.testing.assert_frame_equal(first_entries(alone, "permit"), first_entries(together, "permit"))


def test_outages_leave_filings_and_touch_times_alone() -> None:
    calm, rough = run(), run(outages={"line_faults": LINE_FAULTS})
    assert rough.flow["cause_outage_ms"] > 0 == calm.flow["cause_outage_ms"]
    assert calm.result.totals["filed"] == rough.result.totals["filed"]
    put_aside = set(rough.log.loc[rough.log["event"] == LOG_PUT_ASIDE, "dossier"])
    assert put_aside
    whole = services(rough, "permit", "desk").drop(list(put_aside), errors="ignore")
    assert same_where_both_have_one(services(calm, "permit", "desk"), whole)


def test_another_site_leaves_the_filings_of_the_others_alone() -> None:
    last_two = {"names": ["Commune 0002", "Commune 0003"]}
    three, two = run(), run(territory={"synthetic": {"communes_per_province": 3}, "only": last_two})
    kept = set(two.log["site"])
    filed = first_entries(three, "permit")
    filed = filed[filed["site"].isin(kept)].reset_index(drop=True)
    assert len(filed) < len(first_entries(three, "permit"))
    pd.testing.assert_frame_equal(filed, first_entries(two, "permit"))


def test_replications_and_seeds_differ() -> None:
    scenario = tiny_scenario()
    totals = [played(scenario, replication).result.totals for replication in (0, 1, 0)]
    assert totals[0] == totals[2] != totals[1]
    assert played(tiny_scenario(seed=2)).result.totals != totals[0]
