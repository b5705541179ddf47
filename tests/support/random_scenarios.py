"""Tiny scenarios drawn at random: all that can hold a dossier up, in few days and few sites."""

import copy
from typing import Any

from hypothesis import strategies as st

from sim.scenario.schema import Scenario
from tests.support.tiny_scenario import tiny_scenario

ASKED = {
    "desk": {
        "pool": "reception",
        "touch_time": {"gamma": {"mean": "25 min", "cv": 1}},
        "needs": ["dossiers"],
        "next": [
            {"to": "ask", "share": "30 %", "once": True},
            {"to": "refused", "share": "5 %"},
            {"to": "signature", "share": "rest"},
        ],
    },
    "ask": {"citizen": {"answers_after": {"exponential": {"mean": "4 days"}}}, "next": "desk"},
    "signature": {"pool": "leader", "touch_time": {"exponential": {"mean": "3 min"}}},
}

PARTED = {
    "desk": {
        "pool": "reception",
        "touch_time": {"gamma": {"mean": "15 min", "cv": 1}},
        "needs": ["dossiers"],
        "waits_at_most": {"time": {"exponential": {"mean": "30 min"}}, "then": "again", "who": "in_person"},
        "next": [
            {"to": "ask", "when": {"channels": ["counter"]}, "unless": "hard", "once": True},
            {"to": "signature", "when": ["hard", "late"]},
            {"to": "again", "share": "20 %", "once": True},
            {"to": "both", "share": "rest"},
        ],
    },
    "again": {"citizen": {"comes_again_after": "20 h"}, "next": "desk"},
    "ask": {"citizen": {"answers_after": {"exponential": {"mean": "1 day"}}}, "next": "desk"},
    "both": {"parallel": ["here", "above"], "next": "signature"},
    "here": {
        "pool": "reception",
        "touch_time": "10 min",
        "waits_at_most": {"time": "2 h", "then": "here_later"},
        "next": "joined",
    },
    "here_later": {"pool": "reception", "touch_time": "1 min", "next": {"refused": "10 %", "joined": "rest"}},
    "above": {"pool": "leader", "touch_time": {"exponential": {"mean": "2 min"}}, "next": "joined"},
    "signature": {
        "pool": "leader",
        "touch_time": {"exponential": {"mean": "3 min"}},
        "waits_at_most": {"time": {"exponential": {"mean": "10 h"}}, "then": "withdrawn"},
        "next": {"both": "5 %", "completed": "rest"},
    },
}
"""What came later: traits, coming again, limits of waits, and ways that part and meet."""

SESSIONS = {
    "capacity": 1,
    "lasts": {"exponential": {"mean": "20 min"}},
    "waits_at_most": {"exponential": {"mean": "5 min"}},
    "then": {
        "retry": {"share": "60 %", "after": {"exponential": {"mean": "30 min"}}},
        "counter": {"share": "30 %", "after": "20 h", "channel": "counter"},
        "give_up": "10 %",
    },
}
FILING_MOVES = {
    "first": {"at": "2025-07-09", "where": {"names": ["Commune 0001"]}, "to": "dossiers"},
    "all": {"at": "2025-07-14", "to": "dossiers"},
}
NETWORK = {
    "line": {"from": "commune", "to": "province", "bandwidth": "32 kbps"},
    "mobile": {
        "from": "commune",
        "to": "province",
        "where": {"names": ["Commune 0001"]},
        "backup": True,
        "bandwidth": "8 kbps",
        "carries": ["portal"],
    },
    "next_door": {"from": "commune", "to": "neighbour", "bandwidth": "16 kbps", "carries": ["dossiers"]},
    "trunk": {"from": "province", "to": "centre", "bandwidth": "10 Gbps"},
}
EXCHANGE = {
    "writes": ["dossiers"],
    "tells": ["portal"],
    "sync_failure": "20 %",
    "manual_error": "20 %",
    "manual_factor": 1.5,
    "prefilled_by": {"systems": ["portal"], "factor": "60 %"},
}
"""What came with the infrastructure: sessions, narrow lines, backups, neighbours, status, filled-in data."""


@st.composite
def infrastructure(draw: st.DrawFn) -> dict[str, Any]:
    """Changes of the tiny scenario that make systems and lines slow, narrow, full, read-only or lost."""
    again = {"exponential": {"mean": draw(st.sampled_from(["8 h", "2 days"]))}}
    mended = {"exponential": {"mean": draw(st.sampled_from(["10 min", "5 h"]))}}
    levels = draw(st.sampled_from([[], [{"path": {"2025-07-08": "100 %", "2025-07-12": "20 %"}}]]))
    random = {"time_between_failures": again, "time_to_repair": mended, "levels": levels}
    sessions = draw(st.sampled_from([None, SESSIONS]))
    hits = [
        {"links": ["line"], "systems": ["portal"]},
        {"links": ["line"], "effect": "slow", "bandwidth_left": "20 %"},
        {"systems": ["dossiers"], "effect": "read_only"},
        {"systems": ["portal", "dossiers"], "effect": "slow"},
        {"sites": ["offices"]},
        {"sites": ["power"], "where": {"levels": ["commune"]}},
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(hits))), unique=True, max_size=3))
    return {
        "network": draw(st.sampled_from([NETWORK, {key: NETWORK[key] for key in ("line", "trunk")}])),
        "systems__dossiers__may_be_read_only": True,
        "systems__dossiers__slow_factor": 3,
        "systems__portal__sessions": sessions,
        "systems__portal__filing_moves": draw(st.sampled_from([{}, FILING_MOVES])) if sessions else {},
        "systems__dossiers__sessions": draw(st.sampled_from([None, SESSIONS])),
        "channels__online__files_over": "portal",
        "outages": {f"hit_{each}": hits[each] | {"random": random} for each in chosen},
    }


@st.composite
def rules_of_all(draw: st.DrawFn) -> dict[str, Any]:
    """Rules that hold for all procedures."""
    rules = {
        "cutoff": "15:00",
        "supplement_limit": draw(st.sampled_from(["2 working days", "15 working days"])),
        "clock_after_supplement": draw(st.sampled_from(["restart", "resume"])),
        "courier": {"calendar": "office", "time": "4 h"},
        "back_entry": {
            "pool": "reception",
            "touch_time": "8 min",
            "needs": ["dossiers"],
            "writes": ["dossiers"],
        },
        "synchronisation": {
            "retry_after": "10 min",
            "late_after": "2 working hours",
            "failure": draw(st.sampled_from(["0 %", "30 %"])),
        },
    }
    if draw(st.booleans()):
        rules["apology"] = {"new_date_after": "1 working days", "touch_time": "5 min"}
    return rules


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Tiny studies with all that can hold a dossier up: few people, outages, paper, citizens, backlog."""
    first, other = draw(st.sampled_from([(ASKED, PARTED), (PARTED, ASKED), (PARTED, PARTED)]))
    steps = copy.deepcopy(first)
    steps["desk"] |= {"without": draw(st.sampled_from(["wait", "manual", "paper", "skip_sync"]))} | EXCHANGE
    second = {
        "group": "copies",
        "deadline": draw(st.sampled_from(["same day", "none", "2 working days"])),
        "rate": {"per_1000_inhabitants_and_working_day": draw(st.sampled_from([0.5, 2, 5]))},
        "steps": {"copy": {"pool": "reception", "touch_time": {"exponential": {"mean": "6 min"}}}},
        "dossier_size": "500 kB",
    }
    versions = {
        "other": {
            "at": draw(st.sampled_from(["2025-07-01", "2025-07-09"])),
            "where": draw(st.sampled_from([{}, {"names": ["Commune 0002"]}])),
            "steps": copy.deepcopy(other),
            "deadline": "1 working days",
        },
        "gone": {"at": "2025-07-15", "where": {"names": ["Commune 0001"]}, "abolished": True},
    }
    return tiny_scenario(
        seed=draw(st.integers(0, 10**6)),
        pools__reception__headcount=draw(st.integers(0, 3)),
        pools__reception__end_of_shift=draw(st.sampled_from(["resume", "finish"])),
        pools__reception__queue=draw(st.sampled_from(["first_come", "earliest_due_date", "priority"])),
        demand__day_to_day_variation=draw(st.sampled_from([0, 0.3])),
        rules=draw(rules_of_all()),
        groups={"papers": {}, "copies": {}},
        procedures__permit__steps=steps,
        procedures__permit__traits={"hard": draw(st.sampled_from(["0 %", "30 %"]))},
        procedures__permit__deadline_with={"hard": "5 working days"},
        procedures__permit__versions=draw(st.sampled_from([{}, versions])),
        procedures__permit__holds=draw(st.sampled_from([None, "leader"])),
        procedures__permit__inherited={
            "per_1000_inhabitants": 1,
            "at_step": "desk",
            "deadline_used": {"uniform": {"low": "20 %", "high": "130 %"}},
        },
        procedures__copy=second,
        **draw(infrastructure()),
    )
