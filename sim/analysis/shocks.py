"""Shocks: what an alternative has of outages that the base has not, and what waits more because of them.

Alternative and base are paired replication by replication on common random numbers, so the difference between
the two is what the shock does and hardly anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.pulse import Pulse, read_pulse
from sim.analysis.setting import MS_PER_DAY
from sim.analysis.summary import Summary
from sim.record.store import AlternativeRecords, StudyRecords

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOLERANCE_SHARE = 0.05
"""Recovered: what waits more is below this share of the most that ever waited more, and stays there."""
TOLERANCE_OF_USUAL = 0.02
"""Nor does it count as a shock when so much more waits than the mean number of the base."""
TOLERANCE_LEAST = 1.0
"""The tolerance is never below so many dossiers."""
NO_SHOCK = -1


@dataclass(frozen=True)
class Shock:
    """The shock of one alternative, in the replications that it shares with the base.

    Moments are those of the pulse. A replication in which the shock did not come has NO_SHOCK as ``start``.
    """

    alternative: str
    causes: tuple[str, ...]
    replications: tuple[int, ...]
    began_ms: Ints
    """[replications] begin of the first outage"""
    ended_ms: Ints
    """[replications] end of the last one"""
    base: Pulse
    other: Pulse
    start: Ints
    """[replications] first moment at or after the begin"""
    recovered: Ints
    """[replications] first moment from which on all is within the tolerance; the number of moments: never"""

    @property
    def came(self) -> NDArray[np.bool_]:
        """[replications] whether there was a shock at all."""
        return np.asarray(self.start != NO_SHOCK)

    @property
    def extra(self) -> Ints:
        """[replications, moments] how many more wait than in the base, all regions together."""
        return self.other.of_all - self.base.of_all

    @property
    def usual(self) -> Floats:
        """[replications] mean number that waits in the base."""
        return np.asarray(self.base.of_all.mean(axis=1))

    @property
    def moments(self) -> int:
        return len(self.base.at_ms)

    def window(self, replication: int) -> slice:
        """The moments of the shock: until all has recovered, and as long as the outages last."""
        first = int(self.start[replication])
        last = int(np.searchsorted(self.base.at_ms, self.ended_ms[replication]))
        return slice(first, max(int(self.recovered[replication]), last, first + 1))


def shocks_of(study: StudyRecords, summaries: Mapping[str, Summary], base: str) -> list[Shock]:
    """The shocks of all alternatives that have outages of causes the base has not, in their order.

    An alternative with other provinces than the base, or looked at in other moments, is no shock to it.
    """
    found = []
    for name, summary in summaries.items():
        if name != base:
            shared = sorted({*summaries[base].replications} & {*summary.replications})
            records = study.alternatives[base], study.alternatives[name]
            shock = _shock(name, *records, shared, summary.warm_up_days * MS_PER_DAY) if shared else None
            found += [shock] if shock is not None else []
    return found


def _shock(
    name: str,
    base: AlternativeRecords,
    other: AlternativeRecords,
    replications: Sequence[int],
    warm_up_ms: int,
) -> Shock | None:
    known, events = (_outages(records, replications, warm_up_ms) for records in (base, other))
    new = events[~events["cause"].isin(known["cause"])]
    if new.empty:
        return None
    pulses = [read_pulse(records, replications, warm_up_ms) for records in (base, other)]
    at_ms = pulses[0].at_ms
    if len(at_ms) < 2 or not np.array_equal(at_ms, pulses[1].at_ms) or pulses[0].regions != pulses[1].regions:
        return None
    by_replication = new.groupby("replication")
    began_ms, ended_ms = (
        series.reindex(list(replications)).fillna(NO_SHOCK).to_numpy(np.int64)
        for series in (by_replication["began_ms"].min(), by_replication["ended_ms"].max())
    )
    start = np.where(began_ms == NO_SHOCK, NO_SHOCK, np.searchsorted(at_ms, began_ms))
    start = np.where(start == len(at_ms), NO_SHOCK, start)
    extra = pulses[1].of_all - pulses[0].of_all
    return Shock(
        alternative=name,
        causes=tuple(sorted(new["cause"].unique())),
        replications=tuple(replications),
        began_ms=began_ms,
        ended_ms=ended_ms,
        base=pulses[0],
        other=pulses[1],
        start=start,
        recovered=np.array(
            [
                recovery(row, int(first), usual)
                for row, first, usual in zip(extra, start, pulses[0].of_all.mean(axis=1), strict=True)
            ]
        ),
    )


def recovery(extra: Ints, start: int, usual: float = 0.0) -> int:
    """First moment from which on what waits more is within the tolerance; the number of moments if never.

    ``start`` itself when it never leaves the tolerance. The tolerance is 5 % of the most that waits more, or
    2 % of what waits as usual (two runs on common random numbers never meet to the last dossier), whichever
    is larger. The time until then is the settling time of control engineering, on the side of more alone.
    """
    if start == NO_SHOCK:
        return NO_SHOCK
    after = extra[start:]
    most = float(after.max(initial=0))
    tolerance = max(TOLERANCE_SHARE * most, TOLERANCE_OF_USUAL * usual, TOLERANCE_LEAST)
    outside = np.flatnonzero(after > tolerance)
    return start + (int(outside[-1]) + 1 if len(outside) else 0)


def _outages(records: AlternativeRecords, replications: Sequence[int], warm_up_ms: int) -> pd.DataFrame:
    """cause, began_ms, ended_ms, replication of all outages that reach into the days evaluated."""
    columns = ["cause", "began_ms", "ended_ms"]
    tables = [records.table("outages", number, columns).assign(replication=number) for number in replications]
    whole = pd.concat(tables, ignore_index=True)
    return whole[whole["ended_ms"] > warm_up_ms].assign(began_ms=whole["began_ms"].clip(lower=warm_up_ms))
