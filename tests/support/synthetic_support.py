"""Made-up problems, ways of teams and hourly counts of what waits, for `tests.support.synthetic_records`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

MS_PER_HOUR, MS_PER_DAY = 3_600_000, 86_400_000
PROBLEMS = ("device", "certificate")
TICKETS_PER_DAY = 2
HOTLINE_HOURS, TEAM_HOURS = 1, 30
KM_PER_TRIP, KMH = 20.0, 40.0


def support_tables(replication: int, codes: list[str], days: int) -> dict[str, pd.DataFrame]:
    """The tables pulse, tickets and trips of a replication; nothing is ever held."""
    tickets = _tickets(replication, codes, days)
    return {
        "pulse": pulse_table(days, {"51": 40.0 + replication}),
        "tickets": tickets,
        "trips": _trips(tickets),
    }


def pulse_table(days: int, waiting: dict[str, Any]) -> pd.DataFrame:
    """So many wait in each region hour by hour; a plain number is the same in all hours."""
    hours = np.arange(24 * days)
    return pd.concat(
        pd.DataFrame(
            {
                "at_ms": hours * MS_PER_HOUR,
                "site": site,
                "waiting": np.broadcast_to(np.asarray(number), hours.shape).astype(np.int64),
                "held": 0,
                "outbox": 0,
            }
        )
        for site, number in waiting.items()
    ).sort_values(["at_ms", "site"], kind="stable")


def _tickets(replication: int, codes: list[str], days: int) -> pd.DataFrame:
    """Two a day; of every four one is solved by the hotline, two by a team and one is open at the end."""
    rng = np.random.default_rng(5_000 + replication)
    number = np.arange(TICKETS_PER_DAY * days)
    opened = number // TICKETS_PER_DAY * MS_PER_DAY + 8 * MS_PER_HOUR
    by = np.array(["hotline", "team", "team", ""], dtype=object)[number % 4]
    hours = np.select([by == "hotline", by == "team"], [HOTLINE_HOURS, TEAM_HOURS], -1)
    inside = opened + hours * MS_PER_HOUR < days * MS_PER_DAY
    solved = (hours > 0) & inside
    return pd.DataFrame(
        {
            "problem": np.array(PROBLEMS, dtype=object)[number % len(PROBLEMS)],
            "site": rng.choice(codes, len(number)),
            "opened_ms": opened,
            "waits_since_ms": np.where(by == "hotline", -1, opened + MS_PER_HOUR),
            "solved_ms": np.where(solved, opened + hours * MS_PER_HOUR, -1),
            "solved_by": np.where(solved, by, ""),
        }
    )


def _trips(tickets: pd.DataFrame) -> pd.DataFrame:
    """A way from the base to each ticket that a team solved, and one back."""
    there = tickets[tickets["solved_by"] == "team"]
    way = int(KM_PER_TRIP / KMH * MS_PER_HOUR)
    works = MS_PER_HOUR
    legs = [
        (there["solved_ms"] - works - way, "51", there["site"], works),
        (there["solved_ms"], there["site"], "51", 0),
    ]
    trips = [
        pd.DataFrame(
            {
                "team": "mobile",
                "base": "51",
                "number": 0,
                "from": start,
                "to": to,
                "left_ms": left,
                "arrived_ms": left + way,
                "km": KM_PER_TRIP,
                "worked_ms": worked,
                "turned": False,
            }
        )
        for left, start, to, worked in legs
    ]
    return pd.concat(trips).sort_values("left_ms", kind="stable")
