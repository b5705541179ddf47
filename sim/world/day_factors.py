"""Factors on the volume by day: weekday, month, growth, and the calendar of the counters."""

import datetime

import numpy as np

from sim.scenario.schema import MONTHS, Channel, Demand, Period, Phase, SharePath
from sim.world.arrays import Floats, Ints

DAYS_PER_YEAR = 365.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_DAYS_PER_WEEK = 5
SUNDAY = 6


def days_of(period: Period) -> list[datetime.date]:
    """All days of the run."""
    count = (period.end - period.start).days + 1
    return [period.start + datetime.timedelta(days=day) for day in range(count)]


def volume_by_day(demand: Demand, days: list[datetime.date]) -> Floats:
    """Month and growth together: shape (days,)."""
    months = np.array([demand.month_factors.get(MONTHS[day.month - 1], 1.0) for day in days])
    years = np.arange(len(days)) / DAYS_PER_YEAR
    return np.asarray(months * (1.0 + demand.growth_per_year) ** years)


def phase_by_day(phase: Phase, days: list[datetime.date]) -> Floats:
    """Factor of a phase: its factor inside, 1 outside, shape (days,)."""
    return np.array([phase.factor if phase.start <= day <= phase.end else 1.0 for day in days])


def share_by_day(path: SharePath, days: list[datetime.date]) -> Floats:
    """A share over time: shape (days,)."""
    if not path.points:
        return np.array([path.at(day) for day in days], dtype=np.float64)
    known = [point.date.toordinal() for point in path.points]
    return np.interp([day.toordinal() for day in days], known, [point.share for point in path.points])


def weekday_by_day(channel: Channel, days: list[datetime.date], open_ms: Ints) -> Floats:
    """Factor of a channel's weekday: shape (days,). `open_ms` is the open time of each day.

    In a week without holidays the factors add up to 5, so that a rate per working day brings five days'
    worth. Channels of the counter: none on closed days, mean 1 from Monday to Friday, other open days as
    given or 1. Channels open at any time: seven days; on a holiday people file as on a Sunday.
    """
    factors = np.array([channel.weekday_factors.get(name, 1.0) for name in WEEKDAYS])  # type: ignore[call-overload]
    weekdays = np.array([day.weekday() for day in days])
    is_open = open_ms > 0
    if channel.filing == "opening_hours":
        usual = factors[:WORKING_DAYS_PER_WEEK].mean()
        scaled = factors / usual if usual > 0 else factors
        given = np.array([name in channel.weekday_factors for name in WEEKDAYS])
        scaled[WORKING_DAYS_PER_WEEK:][~given[WORKING_DAYS_PER_WEEK:]] = 1.0
        return np.where(is_open, scaled[weekdays], 0.0)
    total = factors.sum()
    scaled = factors * (WORKING_DAYS_PER_WEEK / total) if total > 0 else factors
    is_holiday = ~is_open & (weekdays < WORKING_DAYS_PER_WEEK)
    return np.asarray(scaled[np.where(is_holiday, SUNDAY, weekdays)])
