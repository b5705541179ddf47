"""Figures and chapters of shocks, support, systems, dates and provinces show what the records say."""

import re
from pathlib import Path

import matplotlib
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, PathPatch

from sim.messages import LANGUAGES
from sim.report.figures.held import (
    MOST_MOMENTS,
    is_held,
    plot_held_in_shocks,
    plot_outages_and_held,
    worst_moments,
)
from sim.report.figures.map import colour_of, ladder_for
from sim.report.figures.map_ground import places_of
from sim.report.figures.province_map import on_time_by_province, plot_province_map
from sim.report.figures.resilience import plot_resilience
from sim.report.figures.systems import availability, layout, plot_systems
from sim.report.figures.team_routes import both_directions, plot_team_routes
from sim.report.figures.timetable import dated_of, plot_timetable
from sim.report.geometry import territory
from sim.report.material import Material
from tests.support.shocked_records import BEGAN_HOUR, DEPTH, LATE_MORE, USUAL
from tests.support.synthetic_records import DATED, MS_PER_DAY, SYSTEMS


def text_of(page: Path) -> str:
    html = page.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"<[^>]+>", " ", html)


def test_the_resilience_curve_is_that_of_the_analysis(shocked: Material) -> None:
    assert shocked.comparison is not None
    curve = shocked.comparison.resilience.query("metric == 'performance'")
    ax = plot_resilience(shocked.comparison)
    assert list(ax.lines[0].get_xdata()) == curve["hours"].tolist()
    assert min(ax.lines[0].get_ydata()) == pytest.approx(2 * USUAL / (2 * USUAL + DEPTH))


def test_held_dossiers_are_drawn_around_the_shock_with_its_outage_shaded(shocked: Material) -> None:
    assert shocked.comparison is not None
    assert is_held(shocked.summaries["portal_down"]) and not is_held(shocked.base)
    ax = plot_held_in_shocks(shocked.comparison, shocked.summaries)
    first = matplotlib.dates.date2num(shocked.base.first_day) - shocked.base.warm_up_days
    assert ax.get_xlim()[0] == pytest.approx(first + BEGAN_HOUR / 24 - 1)
    assert DEPTH < ax.get_ylim()[1] < 1.2 * DEPTH
    shaded = [patch.get_width() for patch in ax.patches]
    assert shaded == pytest.approx([1.0])


def test_time_line_of_outages_has_what_they_hold_above_it(shocked: Material) -> None:
    summary = shocked.summaries["portal_down"]
    ax = plot_outages_and_held(summary, shocked.base_records.sites, shocked.words("vi"))
    figure = ax.get_figure(root=True)
    assert figure is not None
    held, outages = figure.axes[:2]
    assert held.get_xlim() == outages.get_xlim()
    assert held.get_ylim()[1] >= DEPTH


def test_of_a_long_run_each_stretch_shows_its_worst_moment() -> None:
    hours = 24 * 365
    pulse = pd.DataFrame({"at_ms": range(hours), "held": 0, "outbox": 0})
    pulse.loc[5000, "held"] = 7
    drawn = worst_moments(pulse)
    assert hours / 24 < len(drawn) <= MOST_MOMENTS
    assert drawn["held"].tolist().count(7) == 1 and drawn["held"].sum() == 7
    assert drawn["at_ms"].is_monotonic_increasing and drawn["at_ms"].iloc[0] == 0
    short = pulse.head(MOST_MOMENTS)
    assert worst_moments(short).equals(short)


def test_ways_there_and_back_are_one_line(material: Material) -> None:
    routes = both_directions(material.base.team_routes)
    assert (routes["one"] < routes["other"]).all()
    moved = material.base.team_routes
    assert routes["trips"].sum() == pytest.approx(moved["trips"].sum())
    ax = plot_team_routes(material.base, material.base_records.sites, places_of(material.base_records))
    lines = [line for line in ax.lines if line.get_alpha() is not None]
    assert len(lines) == len(routes)


def test_a_system_stands_above_what_it_needs() -> None:
    places = layout(pd.DataFrame(SYSTEMS))
    assert places["dossier_system"][1] < places["portal"][1] < places["sign_on"][1]
    assert len(set(places.values())) == len(places)


def test_every_need_is_an_arrow_and_failures_lower_the_availability(material: Material) -> None:
    systems = material.base_records.systems
    shares = availability(material.base, systems)
    assert shares["portal"] == 1.0
    assert 0 < shares["dossier_system"] < 1
    ax = plot_systems(material.base, systems)
    boxes = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(boxes) == len(SYSTEMS["system"])
    assert len(arrows) == sum(map(len, SYSTEMS["needs"]))


def test_dated_things_of_all_alternatives_are_told_once_and_end_with_the_run() -> None:
    base = pd.DataFrame(DATED)
    other = pd.concat([base, base.iloc[[1]].assign(name="portal")], ignore_index=True)
    dated = dated_of({"base": base, "other": other}, days=20, from_day=7)
    assert dated["alternative"].tolist() == ["base", "base", "base", "other"]
    change = dated[dated["kind"] == "change"].iloc[0]
    assert (change["began_ms"], change["ended_ms"]) == (7 * MS_PER_DAY, 20 * MS_PER_DAY)
    assert dated_of({"base": base}, days=20, from_day=14)["kind"].tolist() == ["change"]


def test_each_dated_thing_has_its_bar(material: Material) -> None:
    dated = dated_of({"base": material.base_records.dated}, len(material.base_records.calendar), 7)
    ax = plot_timetable(dated, material.base, material.words("en"))
    assert len(ax.patches) == len(dated) == 3
    assert len(ax.get_yticks()) == 3


def test_provinces_have_the_colour_of_their_share(shocked: Material) -> None:
    shares = on_time_by_province(shocked.base)
    assert len(shares) == 2
    ax = plot_province_map(shocked.base, places_of(shocked.base_records))
    drawn = {
        matplotlib.colors.to_hex(patch.get_facecolor())
        for patch in ax.patches
        if isinstance(patch, PathPatch)
    }
    assert drawn == {matplotlib.colors.to_hex(colour_of(share, ladder_for(shares))) for share in shares}
    assert {label.get_text() for label in ax.texts} >= set(shares.index)


def test_a_province_far_off_is_land_and_a_few_communes_are_islands() -> None:
    grid = [(0.05 * x, 0.05 * y) for x in range(4) for y in range(4)]
    far = [(x + 3.0, y + 2.0) for x, y in grid]
    few = [(x + 3.0, y - 2.0) for x, y in grid[:2]]
    points = pd.DataFrame([*grid, *far, *few]).to_numpy()
    shape = territory(108 + points[:, 0], 15 + points[:, 1], 20.0 + 0 * points[:, 0])
    assert set(shape.far_away) <= {32, 33}
    assert all(not cell.is_empty for cell in shape.cells)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_of_shocks_support_systems_and_provinces(
    shocked: Material, shocked_page: Path, language: str
) -> None:
    words, page = shocked.words(language), text_of(shocked_page)
    for section in ("resilience", "support", "systems", "provinces"):
        assert words(f"section.{section}") in page
    late = LATE_MORE * 4
    assert f"{DEPTH} {words.unit('dossiers')}" in page
    assert f"{late} {words.unit('dossiers')}" in page
    assert words("cost_item.support") in page


def test_a_study_of_one_province_without_shocks_tells_of_neither(material: Material, page: Path) -> None:
    words, text = material.words("en"), text_of(page)
    assert f" {words('section.provinces')} " not in text
    assert words("lead.resilience")[:30] not in text
