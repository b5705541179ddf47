"""Control: what is in reach when links and systems fail (E31, E34), outages, and dated changes of staff."""

from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.control.access import Access
from sim.control.start import start_control
from sim.engine.addressed import look_up, mix64, replication_key, rounded, uniform
from sim.scenario.schema import Scenario
from sim.world.arrays import FOR_FAILURE, FOR_REPAIR, MS_PER_DAY, MS_PER_HOUR
from sim.world.build import build
from sim.world.control_plan import ControlPlan
from sim.world.keys import name_key
from tests.support.tiny_scenario import tiny_scenario

PORTAL, DOSSIERS = 0b01, 0b10
BOTH = PORTAL | DOSSIERS
CENTRE, PROVINCE, FIRST, SECOND, THIRD = range(5)

BACKUP = {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "latency": "60 ms", "backup": True}


class Recorder(simpy.Environment):
    """An environment that notes what control does to the engine."""

    def __init__(self) -> None:
        super().__init__(0)
        self.reach: list[tuple[int, list[int]]] = []
        self.links_up: list[tuple[int, list[int]]] = []
        self.staff: list[tuple[int, int, int, float]] = []

    def apply_network(self, uplinks: Any, reach: Any, *_: Any) -> None:
        self.reach.append((int(self.now), reach.tolist()))
        self.links_up.append((int(self.now), uplinks["up"].tolist()))

    def set_staff(self, pools: Any, people: Any, stretch: Any) -> None:
        rows = zip(pools.tolist(), people.tolist(), stretch.tolist(), strict=True)
        self.staff.extend((int(self.now), *row) for row in rows)

    def set_routes(self, *_: Any) -> None:
        """What steps are done instead is not noted."""

    def set_desks(self, *_: Any) -> None:
        """Where citizens go is not noted."""


def plan_of(**changes: Any) -> ControlPlan:
    return build(tiny_scenario(**changes)).control_plan


def played(plan: ControlPlan, seed: int = 1, replication: int = 0) -> tuple[Recorder, list[Any]]:
    env = Recorder()
    log = start_control(env, plan, seed, replication)
    env.run(until=plan.horizon_ms)
    return env, list(log.outages.rows())


def component(plan: ControlPlan, kind: str, name: str, site: int) -> int:
    parts = plan.components
    rows = zip(parts.kind, parts.name, parts.site.tolist(), strict=True)
    return list(rows).index((kind, name, site))


def test_at_the_start_everything_that_serves_a_site_is_in_its_reach() -> None:
    access = Access(plan_of())
    assert access.reach.tolist() == [PORTAL, BOTH, BOTH, BOTH, BOTH]
    assert access.uplinks["up"].tolist() == [1] * 5


def test_a_cut_line_takes_everything_above_from_its_commune_only() -> None:
    plan = plan_of()
    access = Access(plan)
    access.set_working([component(plan, "link", "line", SECOND)], False)
    assert access.reach.tolist() == [PORTAL, BOTH, BOTH, 0, BOTH]


def test_a_system_is_out_of_reach_when_one_that_it_needs_is() -> None:
    plan = plan_of()
    access = Access(plan)
    access.set_working([component(plan, "link", "trunk", PROVINCE)], False)
    assert access.reach.tolist() == [PORTAL, 0, 0, 0, 0]
    access.set_working([component(plan, "link", "trunk", PROVINCE)], True)
    access.set_working([component(plan, "system", "dossiers", PROVINCE)], False)
    assert access.reach.tolist() == [PORTAL] * 5
    access.set_working([component(plan, "system", "portal", CENTRE)], False)
    assert access.reach.tolist() == [0] * 5


def test_the_best_link_that_works_is_used_primary_before_backup() -> None:
    plan = plan_of(network__backup=BACKUP)
    access = Access(plan)
    assert access.uplinks[FIRST]["bits_per_ms"] == 200_000
    access.set_working([component(plan, "link", "line", FIRST)], False)
    assert access.uplinks[FIRST].tolist() == (1, 60, 20_000.0)
    access.set_working([component(plan, "link", "backup", FIRST)], False)
    assert access.uplinks[FIRST]["up"] == 0


def test_without_any_kind_of_link_sites_are_joined_perfectly() -> None:
    access = Access(plan_of(network={}))
    assert access.uplinks[FIRST].tolist() == (1, 0, np.inf)
    assert access.reach.tolist() == [PORTAL, BOTH, BOTH, BOTH, BOTH]


def reach_by_definition(plan: ControlPlan, works: list[bool]) -> list[int]:
    """E31 word by word, by trying again and again until nothing changes."""
    parts, sites = plan.components, len(plan.site_parent)
    up = {(parts.system[n], parts.site[n]): works[n] for n in range(len(works)) if parts.kind[n] == "system"}

    def connected(site: int, host: int) -> bool:
        while site != host:
            own = [n for n in range(len(plan.links.site)) if plan.links.site[n] == site]
            if site < 0 or (own and not any(works[n] for n in own)):
                return False
            site = int(plan.site_parent[site])
        return True

    reach: list[set[int]] = [set() for _ in range(sites)]
    for _ in plan.systems.name:
        for site in range(sites):
            for system, needs in enumerate(plan.systems.needs):
                host = int(plan.systems.host[system, site])
                if host >= 0 and up[system, host] and set(needs) <= reach[host] and connected(site, host):
                    reach[site].add(system)
    return [sum(1 << system for system in found) for found in reach]


@settings(max_examples=60)
@given(st.data())
def test_reach_follows_from_links_and_systems_in_any_order_of_failures(data: st.DataObject) -> None:
    plan = plan_of(
        network__backup=BACKUP, territory={"synthetic": {"provinces": 2, "communes_per_province": 2}}
    )
    access, works = Access(plan), [True] * len(plan.components.site)
    everything = st.lists(st.integers(0, len(works) - 1), min_size=1, unique=True)
    for _ in range(data.draw(st.integers(1, 6))):
        turned, state = data.draw(everything), data.draw(st.booleans())
        access.set_working(turned, state)
        for number in turned:
            works[number] = state
        assert access.reach.tolist() == reach_by_definition(plan, works)


def planned(*moments: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"planned": [{"at": at, "lasts": lasts} for at, lasts in moments], **more}


def test_a_planned_outage_hits_all_its_targets_at_once_e34() -> None:
    outages = {"works": planned(("2025-07-08 08:00", "5 h"), links=["line"], systems=["dossiers"])}
    env, rows = played(plan_of(outages=outages))
    began, ended = MS_PER_DAY + 8 * MS_PER_HOUR, MS_PER_DAY + 13 * MS_PER_HOUR
    assert [moment for moment, _ in env.reach] == [0, began, ended]
    assert env.reach[1][1] == [PORTAL, PORTAL, 0, 0, 0]
    assert env.links_up[1][1] == [1, 1, 0, 0, 0]
    assert env.reach[2][1] == env.reach[0][1]
    assert {row[:2] for row in rows} == {("link", "line"), ("system", "dossiers")}
    assert {row[3:] for row in rows} == {("works", began, ended)}
    assert [row[2] for row in rows] == ["C00001", "C00002", "C00003", "P001"]


def test_overlapping_outages_end_with_the_last_of_them() -> None:
    outages = {
        "one": planned(("2025-07-08 08:00", "5 h"), links=["line"]),
        "two": planned(("2025-07-08 10:00", "6 h"), links=["line"], where={"names": ["Commune 0001"]}),
    }
    env, rows = played(plan_of(outages=outages))
    hours = [(moment - MS_PER_DAY) / MS_PER_HOUR for moment, _ in env.reach[1:]]
    assert hours == [8, 13, 16]
    assert [up[FIRST:] for _, up in env.links_up[1:]] == [[0, 0, 0], [0, 1, 1], [1, 1, 1]]
    assert len(rows) == 4


def test_an_outage_that_began_before_the_run_is_on_at_its_start_and_one_at_its_end_is_logged() -> None:
    outages = {
        "before": planned(("2025-07-06 22:00", "4 h"), systems=["portal"]),
        "over": planned(("2025-06-06 22:00", "4 h"), systems=["portal"]),
        "after": planned(("2025-07-20 22:00", "4 h"), systems=["portal"]),
    }
    env, rows = played(plan_of(outages=outages))
    assert [row[3:] for row in rows] == [
        ("before", 0, 2 * MS_PER_HOUR),
        ("after", 14 * MS_PER_DAY - 2 * MS_PER_HOUR, 14 * MS_PER_DAY),
    ]
    assert env.reach[1] == (0, [0] * 5)


RANDOM = {
    "faults": {
        "links": ["line"],
        "where": {"not": {"names": ["Commune 0003"]}},
        "random": {
            "time_between_failures": {"exponential": {"mean": "1 day"}},
            "time_to_repair": {"lognormal": {"mean": "6 h", "cv": 1.2}},
        },
    }
}


def test_random_outages_are_drawn_at_the_address_of_their_link_and_source() -> None:
    plan = plan_of(outages=RANDOM)
    _, rows = played(plan, seed=7, replication=3)
    source = plan.random_outages[0]
    key = mix64(replication_key(7, 3) + name_key("link:line/C00001/faults"))
    now = 0
    for failure, row in enumerate(sorted(row for row in rows if row[2] == "C00001")):
        began = now + rounded(look_up(source.failure_table, uniform(key, failure, 0, FOR_FAILURE)))
        now = began + rounded(look_up(source.repair_table, uniform(key, failure, 0, FOR_REPAIR)))
        assert row == ("link", "line", "C00001", "faults", began, min(now, plan.horizon_ms))
    assert {row[2] for row in rows} == {"C00001", "C00002"}


def test_outages_of_one_link_do_not_depend_on_what_else_fails() -> None:
    alone = [row for row in played(plan_of(outages=RANDOM))[1] if row[2] == "C00001"]
    more = RANDOM | {
        "others": planned(("2025-07-09 08:00", "30 h"), links=["line"]),
        "mishaps": RANDOM["faults"] | {"systems": ["portal"], "where": {}},
    }
    among = played(plan_of(outages=more))[1]
    assert sorted(row for row in among if row[2] == "C00001" and row[3] == "faults") == sorted(alone)
    mishaps = [row for row in among if row[2] == "C00001" and row[3] == "mishaps"]
    assert mishaps
    assert {row[4] for row in mishaps}.isdisjoint(row[4] for row in alone)


def test_over_many_replications_a_link_is_down_for_its_share_of_the_time() -> None:
    plan = plan_of(outages=RANDOM, network__backup=BACKUP)
    shares = []
    for replication in range(150):
        _, rows = played(plan, replication=replication)
        shares.append(sum(row[5] - row[4] for row in rows) / 2 / plan.horizon_ms)
    error = 2.6 * np.std(shares, ddof=1) / np.sqrt(len(shares))
    # 6 hours down after every day up; the first cycle begins with a day up.
    assert abs(np.mean(shares) - 0.2) < error + 0.2 / 14
    assert error < 0.02


CHANGES = {
    "more": {"at": "2025-07-09", "until": "2025-07-11", "pool": "reception", "headcount": {"add": 2}},
    "double": {
        "at": "2025-07-11",
        "where": {"names": ["Commune 0002"]},
        "pool": "reception",
        "headcount": {"multiply": 1.5},
        "speed": {"multiply": 1.25},
    },
    "gone": {"at": "2025-07-20", "pool": "leader", "headcount": {"add": -9}},
}


def staff_by_day(scenario: Scenario) -> dict[int, tuple[list[int], list[float]]]:
    """People and stretch of all pools after the changes of each day that has any."""
    built = build(scenario)
    env, _ = played(built.control_plan)
    people = built.world.pools["capacity"].tolist()
    stretch = built.world.pools["stretch"].tolist()
    found = {0: (list(people), list(stretch))}
    for moment, pool, number, time_per_work in env.staff:
        people[pool], stretch[pool] = number, time_per_work
        found[moment // MS_PER_DAY] = (list(people), list(stretch))
    return found


def test_changes_of_staff_begin_and_end_at_midnight_and_act_in_the_order_written() -> None:
    days = staff_by_day(tiny_scenario(changes=CHANGES, pools__reception__time_for_dossiers="80 %"))
    assert {day: people for day, (people, _) in days.items()} == {
        0: [3, 2, 2, 2],
        2: [3, 4, 4, 4],
        4: [3, 4, 6, 4],
        5: [3, 2, 3, 2],
        13: [0, 2, 3, 2],
    }
    assert days[0][1] == [1.0, 1.25, 1.25, 1.25]
    assert days[4][1] == pytest.approx([1.0, 1.25, 1.0, 1.25])
    assert days[5][1] == pytest.approx([1.0, 1.25, 1.0, 1.25])


def test_a_change_that_began_before_the_run_holds_from_its_start() -> None:
    changes = {"more": {"at": "2025-01-01", "until": "2025-07-09", "pool": "leader", "headcount": {"set": 7}}}
    days = staff_by_day(tiny_scenario(changes=changes))
    assert {day: people[0] for day, (people, _) in days.items()} == {0: 7, 3: 3}
