"""Draws every figure of a study into its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from sim.analysis.changes_by_area import LEADING_METRICS, shown_anywhere
from sim.messages import LANGUAGES
from sim.report.blocks import Pictures
from sim.report.figures.backlog import plot_backlog
from sim.report.figures.change_map import plot_change_maps
from sim.report.figures.cost import plot_cost_against_on_time
from sim.report.figures.counter_wait import plot_counter_wait
from sim.report.figures.differences import plot_differences
from sim.report.figures.held import is_held, plot_held_in_shocks, plot_outages_and_held
from sim.report.figures.map import on_time_by_site, plot_map, plot_maps
from sim.report.figures.map_ground import places_of
from sim.report.figures.network import plot_network
from sim.report.figures.outages import plot_outages
from sim.report.figures.people import plot_people_of_pools, pools_that_differ
from sim.report.figures.province_map import on_time_by_province, plot_province_map
from sim.report.figures.resilience import plot_resilience
from sim.report.figures.systems import plot_systems
from sim.report.figures.team_routes import plot_team_routes
from sim.report.figures.timetable import dated_of, plot_timetable
from sim.report.figures.utilisation import busiest_pools, plot_utilisation_of_pools
from sim.report.figures.why_late import hours_by_group, plot_why_late, plot_why_late_of_alternatives
from sim.report.figures.worst import plot_worst_communes
from sim.report.material import Material
from sim.report.style import give_title, save_png_and_svg
from sim.report.words import Words

Draw = Callable[[Material, Words], Axes | None]


def draw_figures(
    folder: Path, material: Material, languages: Sequence[str] = LANGUAGES
) -> dict[str, Pictures]:
    """Write all figures that the study has data for, as ``<name>.<language>.png`` and ``.svg``.

    Returns the paths of the SVGs by language and name. Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Pictures] = {}
    for language in languages:
        words = material.words(language)
        drawn[language] = dict(_draw_all(folder, material, words))
    return drawn


def _draw_all(folder: Path, material: Material, words: Words) -> Iterable[tuple[str, Path]]:
    for name, draw in FIGURES.items():
        ax = draw(material, words)
        if ax is not None:
            give_title(ax, words(f"figure.{name}"))
            yield name, save_png_and_svg(ax, folder, f"{name}.{words.language}")


def _map(material: Material, words: Words) -> Axes | None:
    has_shares = on_time_by_site(material.base)["value"].notna().any()
    return plot_map(material.base, places_of(material.base_records), words) if has_shares else None


def _map_alternatives(material: Material, words: Words) -> Axes | None:
    if material.compared is None or not on_time_by_site(material.base)["value"].notna().any():
        return None
    return plot_maps(material.summaries, places_of(material.base_records), words)


def _map_changes(metric: str) -> Draw:
    """Draws what the alternatives change in a number, where they are shown to change it anywhere."""

    def draw(material: Material, words: Words) -> Axes | None:
        if material.compared is None or not shown_anywhere(material.compared, metric):
            return None
        return plot_change_maps(material.compared, metric, places_of(material.base_records), words)

    return draw


def _differences(material: Material, words: Words) -> Axes | None:
    return plot_differences(material.compared, words) if material.compared else None


def _cost(material: Material, words: Words) -> Axes | None:
    if material.comparison is None or material.comparison.cost_against_on_time.empty:
        return None
    return plot_cost_against_on_time(material.comparison, words)


def _why_late(material: Material, words: Words) -> Axes | None:
    has_late = len(hours_by_group(material.base.late_causes)) > 0
    return plot_why_late(material.base, words) if has_late else None


def _where_time_goes(material: Material, words: Words) -> Axes | None:
    has_finished = len(hours_by_group(material.base.why_late)) > 0
    return plot_why_late(material.base, words, late_only=False) if has_finished else None


def _why_late_alternatives(material: Material, words: Words) -> Axes | None:
    return plot_why_late_of_alternatives(material.summaries, words) if material.compared else None


def _backlog(material: Material, words: Words) -> Axes | None:
    return plot_backlog(material.summaries, words)


def _utilisation(material: Material, words: Words) -> Axes | None:
    pools = busiest_pools(material.base)
    return plot_utilisation_of_pools(material.base, pools, words) if pools else None


def _people(material: Material, words: Words) -> Axes | None:
    pools = pools_that_differ(material.base)
    return plot_people_of_pools(material.base, pools, words) if pools else None


def _waits(material: Material, words: Words) -> Axes | None:
    waits = material.base.counter_wait
    return plot_counter_wait(material.base, words) if waits["value"].notna().any() else None


def _outages(material: Material, words: Words) -> Axes | None:
    if material.base.outage_events.empty:
        return None
    plot = plot_outages_and_held if is_held(material.base) else plot_outages
    return plot(material.base, material.base_records.sites, words)


def _held(material: Material, words: Words) -> Axes | None:
    if material.compared is None or material.compared.shocks.empty:
        return None
    names = material.compared.shocks["alternative"].unique()
    if not any(is_held(material.summaries[name]) for name in names):
        return None
    return plot_held_in_shocks(material.compared, material.summaries, words)


def _resilience(material: Material, words: Words) -> Axes | None:
    if material.compared is None or material.compared.resilience.empty:
        return None
    return plot_resilience(material.compared, words)


def _team_routes(material: Material, words: Words) -> Axes | None:
    routes = material.base.team_routes
    if not (routes["from"] != routes["to"]).any():
        return None
    return plot_team_routes(
        material.base, material.base_records.sites, places_of(material.base_records), words
    )


def _systems(material: Material, words: Words) -> Axes | None:
    systems = material.base_records.systems
    return plot_systems(material.base, systems, words) if len(systems) > 1 else None


def _timetable(material: Material, words: Words) -> Axes | None:
    tables = {name: records.dated for name, records in material.records.alternatives.items()}
    days = len(material.base_records.calendar)
    dated = dated_of(tables, days, material.base.warm_up_days)
    return None if dated.empty else plot_timetable(dated, material.base, words)


def _map_provinces(material: Material, words: Words) -> Axes | None:
    if len(on_time_by_province(material.base)) < 2:
        return None
    return plot_province_map(material.base, places_of(material.base_records), words)


def _network(material: Material, words: Words) -> Axes | None:
    records = material.base_records
    return None if records.links.empty else plot_network(records.sites, records.links, words)


def _worst(material: Material, words: Words) -> Axes | None:
    return None if material.base.worst_communes.empty else plot_worst_communes(material.base, words=words)


FIGURES: Mapping[str, Draw] = {
    "map_provinces": _map_provinces,
    "map": _map,
    "map_alternatives": _map_alternatives,
    **{f"map_change_{metric}": _map_changes(metric) for metric in LEADING_METRICS},
    "differences": _differences,
    "cost_against_on_time": _cost,
    "why_late": _why_late,
    "where_time_goes": _where_time_goes,
    "why_late_alternatives": _why_late_alternatives,
    "backlog": _backlog,
    "utilisation": _utilisation,
    "people": _people,
    "counter_wait": _waits,
    "timetable": _timetable,
    "outages": _outages,
    "held": _held,
    "resilience": _resilience,
    "systems": _systems,
    "team_routes": _team_routes,
    "network": _network,
    "worst_communes": _worst,
}
