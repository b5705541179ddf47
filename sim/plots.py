"""Figures of results for notebooks and scripts: one call each, shown by the notebook or saved by `save`.

All take `Results`; `alternative` chooses one, `language` is "en" or "vi".
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.report.figures.backlog import plot_backlog
from sim.report.figures.change_map import plot_change_maps
from sim.report.figures.cost import plot_cost_against_on_time
from sim.report.figures.counter_wait import plot_counter_wait
from sim.report.figures.differences import plot_differences
from sim.report.figures.map import plot_map
from sim.report.figures.map_ground import places_of
from sim.report.figures.network import plot_network
from sim.report.figures.outages import plot_outages
from sim.report.figures.people import plot_people_of_pools, pools_that_differ
from sim.report.figures.utilisation import busiest_pools, plot_utilisation_of_pools
from sim.report.figures.why_late import plot_why_late
from sim.report.figures.worst import plot_worst_communes
from sim.report.style import png_bytes, save_png_and_svg
from sim.report.words import Words
from sim.study import Results, compare

__all__ = [
    "Picture",
    "backlog",
    "changes",
    "cost",
    "counter_wait",
    "differences",
    "map",
    "network",
    "outages",
    "people",
    "utilisation",
    "why_late",
    "worst_communes",
]


@dataclass(frozen=True)
class Picture:
    """A figure: a notebook shows it, `save` writes it, `ax` is its (first) Matplotlib axes to draw on."""

    ax: Any

    def save(self, folder: str | Path, name: str) -> Path:
        """Write `<name>.png` and `<name>.svg` into a folder; returns the path of the SVG."""
        return save_png_and_svg(self.ax, Path(folder), name)

    def _repr_png_(self) -> bytes:
        return png_bytes(self.ax)


def map(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """The communes coloured by the share of dossiers on time."""
    places = places_of(results.records.alternatives[alternative])
    return Picture(plot_map(results.summary(alternative), places, _words(results, language)))


def changes(results: Results, metric: str = "travel_km_per_visit", language: str = "en") -> Picture:
    """Who wins and who loses: the communes coloured by what each alternative changes in a number.

    The number is travel_km_per_visit, on_time_share or counter_wait_mean. ValueError when there is no
    alternative.
    """
    places = places_of(results.records.alternatives["base"])
    return Picture(plot_change_maps(compare(results), metric, places, _words(results, language)))


def people(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """People who are there over time against posts, of the kinds of staff in which these differ.

    ValueError when everybody is always there.
    """
    summary = results.summary(alternative)
    return Picture(plot_people_of_pools(summary, pools_that_differ(summary), _words(results, language)))


def backlog(results: Results, language: str = "en") -> Picture:
    """Dossiers filed and not finished, day by day, of all alternatives."""
    return Picture(plot_backlog(results.summaries, _words(results, language)))


def utilisation(
    results: Results, alternative: str = "base", pool: str | None = None, language: str = "en"
) -> Picture:
    """How busy a pool is, by commune and week; without a pool, the busiest ones."""
    summary = results.summary(alternative)
    pools = busiest_pools(summary) if pool is None else [pool]
    return Picture(plot_utilisation_of_pools(summary, pools, _words(results, language)))


def why_late(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """Where the time of the dossiers went, by group of procedures."""
    return Picture(plot_why_late(results.summary(alternative), _words(results, language)))


def counter_wait(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """How long citizens wait at the counter."""
    return Picture(plot_counter_wait(results.summary(alternative), _words(results, language)))


def outages(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """The outages of one replication on a time line."""
    sites = results.records.alternatives[alternative].sites
    return Picture(plot_outages(results.summary(alternative), sites, _words(results, language)))


def network(results: Results, alternative: str = "base", language: str = "en") -> Picture:
    """Sites and the lines between them."""
    records = results.records.alternatives[alternative]
    return Picture(plot_network(records.sites, records.links, _words(results, language)))


def worst_communes(
    results: Results, alternative: str = "base", count: int = 10, language: str = "en"
) -> Picture:
    """The communes with the lowest share of dossiers on time."""
    words = _words(results, language)
    return Picture(plot_worst_communes(results.summary(alternative), count, words))


def differences(results: Results, language: str = "en") -> Picture:
    """Every alternative against the base. ValueError when there is no alternative."""
    return Picture(plot_differences(compare(results), _words(results, language)))


def cost(results: Results, language: str = "en") -> Picture:
    """Cost against the share on time, of all alternatives. ValueError when there is no alternative."""
    return Picture(plot_cost_against_on_time(compare(results), _words(results, language)))


def _words(results: Results, language: str) -> Words:
    return Words(language, results.records.study)
