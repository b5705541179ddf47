"""Systems, links and exchange of data as numbers: what the engines read of them."""

import numpy as np

from sim.world.arrays import MANUAL, MS_PER_DAY, SKIP_SYNC, WORK
from sim.world.build import Built, build
from sim.world.systems import ALL_SYSTEMS
from tests.support.tiny_scenario import tiny_scenario

SYSTEMS = {
    "base": {"hosted_at": "centre", "may_be_read_only": True},
    "portal": {"hosted_at": "centre", "needs": ["base"]},
    "dossiers": {
        "hosted_at": "province",
        "needs": ["portal"],
        "slow_factor": 3,
        "may_be_read_only": True,
        "vendors": {"a": {}},
    },
    "other": {"hosted_at": "centre"},
}
STEPS = {
    "desk": {
        "pool": "reception",
        "touch_time": "10 min",
        "needs": ["dossiers"],
        "writes": ["dossiers"],
        "without": "manual",
        "manual_factor": 1.5,
        "manual_error": "4 %",
        "prefilled_by": {"systems": ["base", "other"], "factor": "70 %"},
    },
    "signature": {
        "pool": "leader",
        "touch_time": "3 min",
        "needs": ["portal"],
        "without": "skip_sync",
        "tells": ["dossiers", "other"],
        "sync_failure": "9 %",
    },
    "archive": {"pool": "reception", "touch_time": "3 min", "needs": ["dossiers", "portal"]},
}
SESSIONS = {
    "capacity": 7,
    "lasts": "10 min",
    "waits_at_most": "2 min",
    "then": {
        "retry": {"share": "50 %", "after": "30 min"},
        "counter": {"share": "30 %", "after": "1 day", "channel": "counter"},
        "give_up": "20 %",
    },
}


def with_exchange(**changes: object) -> Built:
    rules = {
        "courier": {"calendar": "office", "time": "4 h"},
        "synchronisation": {"retry_after": "10 min", "late_after": "2 working hours", "failure": "2 %"},
    }
    return build(tiny_scenario(systems=SYSTEMS, procedures__permit__steps=STEPS, rules=rules, **changes))


def with_sessions(**changes: object) -> Built:
    return build(
        tiny_scenario(systems__portal__sessions=SESSIONS, channels__online__files_over="portal", **changes)
    )


def test_writing_is_a_system_of_its_own_that_needs_reading_and_the_writing_below() -> None:
    systems = with_exchange().control_plan.systems
    assert systems.name == ("base", "portal", "dossiers", "other", "base (writing)", "dossiers (writing)")
    assert systems.needs[4:] == ((0,), (2, 4))
    assert systems.writing.tolist() == [4, -1, 5, -1, -1, -1]
    assert systems.host[4].tolist() == systems.host[0].tolist()
    assert sorted(systems.order) == list(range(6))


def test_steps_need_the_writing_of_what_they_write_and_of_what_they_tell() -> None:
    desk, signature, archive = with_exchange().world.steps
    assert int(desk["needs"]) == 0b100100
    assert int(signature["needs"]) == 0b000010
    assert int(signature["tells"]) == 0b101100
    assert int(archive["needs"]) == int(archive["waits_for"]) == 0b000110


def test_a_step_waits_in_the_queue_of_what_nothing_replaces() -> None:
    world = with_exchange().world
    desk, signature, archive = world.steps
    assert [int(step["waits_for"]) for step in (desk, signature)] == [0, 0]
    assert [int(step["without"]) for step in (desk, signature)] == [MANUAL, SKIP_SYNC]
    pool = world.pools[world.pool_of[2, archive["role"]]]
    queue = world.queues[pool["queue_first"] + archive["queue_class"]]
    assert int(queue["needs"]) == int(archive["waits_for"])


def test_closed_offices_stop_every_step_and_no_session_of_a_citizen() -> None:
    outages = {"closed": {"sites": ["offices"], "planned": [{"at": "2025-07-08 08:00", "lasts": "1 h"}]}}
    built = with_sessions(outages=outages)
    offices = 1 << built.names.systems.index("offices")
    steps = built.world.steps[built.world.steps["kind"] == WORK]
    is_session = steps["is_session"] == 1
    assert is_session.sum() == 1
    assert (steps["waits_for"][~is_session] & offices).all()
    assert not (steps["waits_for"][is_session] & offices).any()
    hosts = built.control_plan.systems.host[built.names.systems.index("offices")]
    assert hosts.tolist() == list(range(len(built.sites.all)))
    assert "offices" not in with_sessions().names.systems


def test_factors_and_probabilities_are_those_written() -> None:
    world = with_exchange().world
    desk, signature, archive = world.steps
    assert (float(desk["manual_error"]), float(desk["eased_factor"]), int(desk["eased_by"])) == (
        0.04,
        0.7,
        0b1001,
    )
    assert (float(signature["sync_failure"]), float(archive["sync_failure"])) == (0.09, 0.02)
    assert (int(archive["eased_by"]), float(archive["eased_factor"])) == (0, 1.0)
    assert world.slow_factor[:6].tolist() == [2.0, 2.0, 3.0, 2.0, 2.0, 3.0]
    assert (world.sync_retry_ms, world.sync_limit_ms, world.sync_failure) == (600_000, 7_200_000, 0.02)


def test_size_of_dossiers_is_that_of_the_procedure_or_else_of_all() -> None:
    assert with_exchange().world.procedures["bits"].tolist() == [40e6]
    larger = with_exchange(procedures__permit__dossier_size="20 MB")
    assert larger.world.procedures["bits"].tolist() == [160e6]


def test_vendors_are_known_at_the_hosts_they_run() -> None:
    systems = with_exchange().control_plan.systems
    assert systems.vendor_name == ("a",)
    assert systems.vendor[2].tolist() == systems.vendor[5].tolist() == [-1, 0, -1, -1, -1]
    assert (systems.vendor[[0, 1, 3, 4]] == -1).all()


def test_a_link_to_a_neighbour_joins_the_nearest_site_and_comes_last() -> None:
    network = {
        "next_door": {
            "from": "commune",
            "to": "neighbour",
            "where": {"names": ["Commune 0001", "Commune 0003"]},
            "bandwidth": "10 Mbps",
            "carries": ["dossiers"],
        },
        "mobile": {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "backup": True},
        "line": {"from": "commune", "to": "province", "bandwidth": "200 Mbps"},
    }
    built = with_exchange(network=network)
    links, sites = built.control_plan.links, built.sites
    assert links.name == ("line", "mobile", "next_door", "line", "mobile", "line", "mobile", "next_door")
    assert links.is_to_neighbour.tolist() == [name == "next_door" for name in links.name]
    assert set(links.other[~links.is_to_neighbour].tolist()) == {sites.index_of["P001"]}
    for link in np.flatnonzero(links.is_to_neighbour).tolist():
        here, there = sites.all[links.site[link]], sites.all[links.other[link]]
        far = {
            other.code: np.hypot(
                here.latitude - other.latitude,
                (here.longitude - other.longitude) * np.cos(np.radians(here.latitude)),
            )
            for other in (sites.all[index] for index in sites.communes.tolist())
            if other.code != here.code
        }
        assert there.code == min(far, key=lambda code: far[code])
    # What a line carries it carries in both ways, reading and writing.
    assert set(links.carries[links.is_to_neighbour].tolist()) == {0b100100}
    assert set(links.carries[~links.is_to_neighbour].tolist()) == {ALL_SYSTEMS}


def test_filing_over_a_system_with_sessions_begins_there_and_nowhere_else() -> None:
    built = with_sessions()
    world, names = built.world, built.names
    online, counter = (names.channels.index(name) for name in ("online", "counter"))
    session = world.steps[world.entry_step[0, online]]
    assert int(session["is_session"]) == 1
    assert world.entry_step[0, counter] == world.procedures["first_step"][0]
    assert names.steps[world.entry_step[0, counter]] == "desk"
    pool = world.pools[world.pool_of[world.site_at_level[2, session["level"]], session["role"]]]
    assert (int(pool["capacity"]), int(pool["site"]), float(pool["stretch"])) == (7, 0, 1.0)
    assert world.steps["in_person_wait"].tolist().index(1) == world.procedures["first_step"][0]


def test_who_times_out_tries_again_goes_to_the_counter_or_gives_up() -> None:
    built = with_sessions()
    world, names = built.world, built.names
    number = {name: step for step, name in enumerate(names.steps)}
    session, timed_out, again, goes = (number[f"portal ({end})"] for end in
        ("session", "timed out", "tries again", "goes to the counter"))  # fmt: skip
    assert int(world.steps["limit_to"][session]) == timed_out
    record = world.steps[timed_out]
    ways = world.branches[record["branch_first"] : record["branch_first"] + record["branch_count"]]
    assert {int(way["to"]): float(way["share"]) for way in ways} == {-4: 0.2, again: 0.5, goes: 0.3}
    assert names.channels[world.steps["to_channel"][goes]] == "counter"
    # Trying again goes back, so that everything is drawn anew; going on does not (E21).
    assert session < timed_out < again < goes < world.procedures["first_step"][0]


def test_without_a_channel_that_files_over_it_a_system_has_no_sessions() -> None:
    alone = build(tiny_scenario(systems__portal__sessions=SESSIONS))
    plain = build(tiny_scenario())
    assert alone.names == plain.names
    assert np.array_equal(alone.world.steps, plain.world.steps)


def test_every_version_of_a_procedure_is_filed_in_a_session_of_its_own() -> None:
    version = {
        "faster": {"at": "2025-07-10", "steps": {"desk": {"pool": "reception", "touch_time": "1 min"}}}
    }
    built = with_sessions(procedures__permit__versions=version)
    world, names = built.world, built.names
    base, faster = (
        step
        for step, name in enumerate(zip(names.step_procedures, names.steps, strict=True))
        if name[1] == "portal (session)"
    )
    change = built.control_plan.route_changes[0]
    assert dict(zip(change.steps.tolist(), change.to.tolist(), strict=True))[base] == faster
    assert world.routes[0, base] == base


def moved(*moves: tuple[str, str, dict[str, object]], **changes: object) -> Built:
    """Filing over the portal that moves to other systems: date, system and place."""
    filing = {f"move_{n}": {"at": at, "to": to, "where": where} for n, (at, to, where) in enumerate(moves)}
    systems = {
        "portal": {"hosted_at": "centre", "sessions": SESSIONS, "filing_moves": filing},
        "newer": {"hosted_at": "province", "sessions": SESSIONS},
        "roomy": {"hosted_at": "centre"},
    }
    return build(
        tiny_scenario(
            **{f"systems__{name}": system for name, system in systems.items()},
            channels__online__files_over="portal",
            **changes,
        )
    )


def filed_at(built: Built, site: int) -> list[tuple[int, str]]:
    """Days on which the step changes at which people of a site file online, and that step."""
    world, names = built.world, built.names
    entry = int(world.entry_step[0, names.channels.index("online")])
    row = int(world.route_row[site])
    found = [(0, names.steps[world.routes[row, entry]])]
    for change in built.control_plan.route_changes:
        to = dict(zip(change.steps.tolist(), change.to.tolist(), strict=True))
        if change.row == row and entry in to:
            found.append((change.at_ms // MS_PER_DAY, names.steps[to[entry]]))
    return found


def test_filing_moves_to_another_system_where_and_when_it_is_said() -> None:
    here = {"names": ["Commune 0002"]}
    built = moved(("2025-07-09", "newer", here), ("2025-07-12", "roomy", {}))
    assert filed_at(built, 2) == [(0, "portal (session)"), (5, "desk")]
    assert filed_at(built, 3) == [(0, "portal (session)"), (2, "newer (session)"), (5, "desk")]


def test_who_tries_again_after_the_move_files_over_the_new_system() -> None:
    built = moved(("2025-07-09", "newer", {}))
    number = {name: step for step, name in enumerate(built.names.steps)}
    again = built.world.steps[number["portal (tries again)"]]
    (way,) = built.world.branches[again["branch_first"] : again["branch_first"] + again["branch_count"]]
    (change,) = built.control_plan.route_changes
    assert change.steps.tolist() == [number["portal (session)"]] == [way["to"]]
    assert change.to.tolist() == [number["newer (session)"]]


def test_a_move_of_filing_before_the_run_holds_from_its_start() -> None:
    built = moved(("2025-01-01", "newer", {}))
    assert filed_at(built, 2) == [(0, "newer (session)")] and not built.control_plan.route_changes


def test_filing_moves_in_the_version_of_a_procedure_that_holds() -> None:
    version = {
        "faster": {"at": "2025-07-12", "steps": {"desk": {"pool": "reception", "touch_time": "1 min"}}}
    }
    built = moved(("2025-07-09", "newer", {}), procedures__permit__versions=version)
    assert filed_at(built, 2) == [(0, "portal (session)"), (2, "newer (session)"), (5, "newer (session)")]
    (later,) = (c for c in built.control_plan.route_changes if c.at_ms == 5 * MS_PER_DAY)
    to = set(later.to.tolist())
    assert {built.names.step_procedures[step] for step in to} == {"permit@faster"}
