"""Tables of the alternatives of a study: what each gives, and how it differs from the base."""

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval
from sim.analysis.metrics import METRICS
from sim.study import Results
from tools.scenario_facts.reading import headline, shown, table, titles

COLUMNS = {
    "on_time_share": "on time",
    "cycle_working_mean": "filing to result",
    "counter_wait_mean": "wait at the counter",
    "left_counter_share": "left the counter",
    "travel_km_per_dossier": "way to the counter and back",
    "cost_total": "people and lines",
}
"""Numbers shown, each with the head of its column."""


def alternatives_table(results: Results) -> str:
    """One row an alternative, means with intervals; certification is left out, of costs it is not."""
    rows = [
        [
            title,
            *(
                headline(results, name, metric, "all" if metric == "cost_total" else "counted")
                for metric in COLUMNS
            ),
        ]
        for name, title in titles(results).items()
    ]
    return table(("", *COLUMNS.values()), rows)


def differences_table(results: Results) -> str:
    """One row an alternative: differences from the base; intervals hold all together."""
    if results.comparison is None:
        return "There is no alternative."
    found = results.comparison.differences
    metrics = [metric for metric in COLUMNS if metric in set(found["metric"])]
    names = {name: title for name, title in titles(results).items() if name != "base"}
    rows = [
        [title, *(_difference(found, name, metric) for metric in metrics)] for name, title in names.items()
    ]
    return table(("compared with the base", *(COLUMNS[metric] for metric in metrics)), rows)


def _difference(found: pd.DataFrame, alternative: str, metric: str) -> str:
    row = found[(found["alternative"] == alternative) & (found["metric"] == metric)].iloc[0]
    if row["verdict"] == "same":
        return "the same"
    unit = METRICS[metric].unit
    interval = Interval(row["difference"], row["low"], row["high"], row["replications"])
    text = shown(interval, unit)
    if unit == "share":
        text = text.replace(" %", " points", 1)
    text = text if float(row["difference"]) < 0 else "+" + text
    certain = np.isnan(float(row["low"])) or float(row["low"]) > 0 or float(row["high"]) < 0
    return text if certain else f"not shown: {text}"
