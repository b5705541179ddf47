"""How far communes are apart: deciles of the on-time share, and communes with a label against the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import ratio_variance
from sim.analysis.quantities import Floats, Quantity, Tally, as_floats, ratio, share
from sim.analysis.rows import quantity_rows, stacked
from sim.analysis.setting import Setting

METRIC = "on_time_share"
DECILE = 10


def spread_table(communes: Tally, setting: Setting) -> pd.DataFrame:
    """Columns: part, value columns."""
    on_time, decided = on_time_counts(communes)
    parts = decile_parts(on_time, decided) | _label_parts(on_time, decided, setting.communes["labels"])
    rows = [
        quantity_rows(pd.DataFrame({"part": [part]}), METRIC, share(*pair), setting.confidence)
        for part, pair in parts.items()
        if pair[1].sum() > 0
    ]
    gap = decile_quantities(communes)["on_time_gap"]
    rows.append(
        quantity_rows(pd.DataFrame({"part": ["gap"]}), "on_time_gap", gap, setting.confidence).assign(
            metric=METRIC
        )
    )
    return stacked(rows)


def decile_quantities(communes: Tally) -> dict[str, Quantity]:
    """The worst decile and the gap between best and worst, with one unit."""
    parts = decile_parts(*on_time_counts(communes))
    worst, best = share(*parts["worst_decile"]), share(*parts["best_decile"])
    gap = Quantity(best.values - worst.values, best.dossiers + worst.dossiers)
    return {"on_time_worst_decile": worst, "on_time_gap": gap}


def on_time_counts(communes: Tally) -> tuple[Floats, Floats]:
    """Dossiers on time, and dossiers of which that is decided: [communes, replications] each."""
    flow = communes.flow
    return as_floats(flow["on_time"]), as_floats(flow["with_deadline"] + communes.open_overdue)


def decile_parts(on_time: Floats, decided: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Counts of the worst and the best tenth of the communes and of those between, each [1, replications].

    Which communes are in a decile for one replication is read from the other replications; read from the same
    one, chance alone would make the worst look worse and the best better.
    """
    replications = on_time.shape[1]
    size = max(1, len(on_time) // DECILE)
    parts: dict[str, list[tuple[float, float]]] = {"worst_decile": [], "middle": [], "best_decile": []}
    for replication in range(replications):
        others = [r for r in range(replications) if r != replication] or [replication]
        order = worst_first(on_time[:, others], decided[:, others])
        chosen = (order[:size], order[size:-size], order[-size:])
        for part, communes in zip(parts, chosen, strict=True):
            parts[part].append((on_time[communes, replication].sum(), decided[communes, replication].sum()))
    return {part: _pair(counts) for part, counts in parts.items()}


def worst_first(on_time: Floats, decided: Floats) -> NDArray[np.int64]:
    """Communes from the lowest corrected on-time share to the highest."""
    return np.argsort(corrected_shares(on_time, decided), kind="stable")


def corrected_shares(successes: Floats, trials: Floats) -> Floats:
    """Shares by unit, drawn towards the common share the more, the less is known of a unit.

    Arrays [units, replications]. Empirical Bayes with normal errors (Efron and Morris 1975): the variance
    between units is that of the observed shares minus what chance explains, at least 0. Without it
    a ranking puts the units with the fewest dossiers at both ends (Goldstein and Spiegelhalter 1996). Units
    without trials get the common share.
    """
    x, n = successes.sum(axis=-1), trials.sum(axis=-1)
    common = x.sum() / max(n.sum(), 1.0)
    observed = np.where(n > 0, ratio(x, n), np.nan)
    return np.nan_to_num(drawn_together(observed, _chance_variance(successes, trials), common), nan=common)


def drawn_together(observed: Floats, chance: Floats, common: float) -> Floats:
    """Numbers of units, drawn towards ``common`` the more, the more of their spread is chance.

    ``chance`` is the variance of each by chance. NaN stays NaN.
    """
    known = np.isfinite(observed)
    spread = (observed - common)[known] ** 2 - chance[known]
    between = max(float(np.mean(spread)), 0.0) if known.any() else 0.0
    weight = between / np.maximum(between + chance, 1e-300)
    return np.asarray(common + weight * (observed - common), dtype=np.float64)


def _chance_variance(successes: Floats, trials: Floats) -> Floats:
    """Variance of each unit's share: between replications, but not below that of independent dossiers."""
    n = np.maximum(trials.sum(axis=-1), 1.0)
    smoothed = (successes.sum(axis=-1) + 0.5) / (n + 1.0)
    between_replications = np.nan_to_num(ratio_variance(successes, trials))
    return np.asarray(np.maximum(smoothed * (1 - smoothed) / n, between_replications), dtype=np.float64)


def _label_parts(on_time: Floats, decided: Floats, labels: pd.Series) -> dict[str, tuple[Floats, Floats]]:
    sets = [set(entry) for entry in labels]
    parts = {}
    for label in sorted(set().union(*sets)):
        has = np.array([label in entry for entry in sets])
        if not has.all():
            parts[f"label:{label}"] = _total(on_time, decided, has)
            parts[f"not:{label}"] = _total(on_time, decided, ~has)
    return parts


def _total(on_time: Floats, decided: Floats, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    return on_time[chosen].sum(axis=0, keepdims=True), decided[chosen].sum(axis=0, keepdims=True)


def _pair(counts: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    table = np.array(counts, dtype=np.float64)
    return table[None, :, 0], table[None, :, 1]
