"""Every figure exists, shows something, shows the right thing, and leaves Matplotlib as it was."""

import math
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.image import imread
from matplotlib.patches import PathPatch

from sim.messages import LANGUAGES
from sim.report.drawing import FIGURES
from sim.report.figures.backlog import plot_backlog
from sim.report.figures.change_map import (
    LADDERS as CHANGE_LADDERS,
)
from sim.report.figures.change_map import (
    UNCHANGED,
    change_limits,
    changes_of,
    colour_of_change,
    plot_change_maps,
)
from sim.report.figures.cost import plot_cost_against_on_time
from sim.report.figures.counter_wait import plot_counter_wait, wait_classes
from sim.report.figures.differences import differences_in, plot_difference, plot_differences
from sim.report.figures.map import LADDERS, colour_of, ladder_for, on_time_by_site, plot_map
from sim.report.figures.map_ground import places_of
from sim.report.figures.network import plot_network
from sim.report.figures.outages import NAMED_ROWS, rows_of_names, with_names
from sim.report.figures.people import days_of, plot_people, plot_people_of_pools, pools_that_differ
from sim.report.figures.utilisation import busiest_pools, plot_utilisation, weekly
from sim.report.figures.why_late import hours_by_group, hours_of_scope, plot_why_late
from sim.report.figures.worst import plot_worst_communes
from sim.report.material import Material
from sim.report.style import WORSE_TO_BETTER, axes_for, save_png_and_svg

ONLY_AFTER_A_SHOCK = {"map_provinces", "held", "resilience"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_stored_twice_and_is_not_blank(
    page: Path, shocked_page: Path, name: str, language: str
) -> None:
    of_one, of_other = (each.parent / "figures" for each in (page, shocked_page))
    folder = of_other if name in ONLY_AFTER_A_SHOCK else of_one
    picture = imread(folder / f"{name}.{language}.png")[..., :3]
    assert (picture < 0.98).any(axis=-1).mean() > 0.01
    packed = (255 * picture).astype(np.int64) @ np.array([1, 256, 65536])
    assert len(np.unique(packed)) > 20
    assert "<svg" in (folder / f"{name}.{language}.svg").read_text(encoding="utf-8")


def test_figures_can_be_drawn_into_given_axes(material: Material) -> None:
    given = axes_for(None)
    assert plot_backlog(material.summaries, ax=given) is given
    assert plot_counter_wait(material.base, ax=axes_for(None)).get_xlabel()
    assert plot_why_late(material.base, ax=axes_for(None)).patches


def test_drawing_leaves_the_settings_of_others_alone(material: Material) -> None:
    before = dict(matplotlib.rcParams)
    plot_worst_communes(material.base)
    assert dict(matplotlib.rcParams) == before


def test_the_same_numbers_give_the_same_svg(material: Material, tmp_path: Path) -> None:
    stored = [save_png_and_svg(plot_worst_communes(material.base), tmp_path, name) for name in ("one", "two")]
    assert stored[0].read_bytes() == stored[1].read_bytes()


def test_map_has_a_cell_in_the_right_colour_for_each_commune(material: Material) -> None:
    ax = plot_map(material.base, places_of(material.base_records))
    shares = on_time_by_site(material.base)["value"]
    wanted = {matplotlib.colors.to_hex(colour_of(share, ladder_for(shares))) for share in shares}
    patches = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    cells = [patch for patch in patches if patch.get_facecolor()[3] == 1]
    assert len(cells) >= len(material.communes)
    assert {matplotlib.colors.to_hex(cell.get_facecolor()) for cell in cells} == wanted


@pytest.mark.parametrize("ladder", LADDERS)
def test_class_limits_belong_to_the_upper_class(ladder: tuple[float, ...]) -> None:
    assert colour_of(ladder[0], ladder) == WORSE_TO_BETTER[1]
    assert colour_of(ladder[0] - 1e-9, ladder) == WORSE_TO_BETTER[0]
    assert colour_of(1.0, ladder) == WORSE_TO_BETTER[-1]


def test_class_limits_tell_communes_apart() -> None:
    limits = ladder_for(np.linspace(0.951, 0.999, 40))
    assert len({colour_of(share, limits) for share in np.linspace(0.951, 0.999, 40)}) >= 4


def test_commune_without_dossiers_has_a_colour_of_its_own() -> None:
    assert colour_of(math.nan, LADDERS[0]) not in WORSE_TO_BETTER


def test_parts_of_the_time_bars_add_up_to_the_mean_time(material: Material) -> None:
    table = material.base.headline
    days = table[(table["metric"] == "cycle_calendar_mean") & (table["scope"] == "counted")]["value"].iloc[0]
    assert hours_of_scope(material.base.why_late).sum() == pytest.approx(24 * days)


def test_slowest_group_stands_first(material: Material) -> None:
    hours = hours_by_group(material.base.late_causes).sum(axis=1).to_numpy()
    assert (np.diff(hours) <= 0).all()


def test_times_of_the_late_are_those_of_the_late_table(material: Material) -> None:
    late, everyone = (
        hours_by_group(table).sum(axis=1) for table in (material.base.late_causes, material.base.why_late)
    )
    assert (late[["land", "civil_status"]] > everyone[["land", "civil_status"]]).all()


def test_without_late_dossiers_the_picture_of_them_is_refused(material: Material) -> None:
    punctual = replace(material.base, late_causes=material.base.late_causes.iloc[:0])
    with pytest.raises(ValueError, match="late"):
        plot_why_late(punctual)
    assert plot_why_late(punctual, late_only=False).patches


def test_most_loaded_commune_stands_on_top(material: Material) -> None:
    means = weekly(material.base, "reception").mean(axis=1).to_numpy()
    assert (np.diff(means) <= 0).all()
    assert plot_utilisation(material.base, "reception").images


def test_busiest_pools_come_in_order(material: Material) -> None:
    load = material.base.pool_load
    whole = load[(load["metric"] == "utilisation") & (load["site"] == "")].set_index("pool")["value"]
    pools = busiest_pools(material.base)
    assert list(whole[pools]) == sorted(whole[pools], reverse=True)
    assert set(pools) == {"reception", "leader"}


def test_classes_of_waiting_time_hold_everybody(material: Material) -> None:
    assert wait_classes(material.base)["value"].sum() == pytest.approx(1, abs=1e-9)


def test_many_outages_share_the_last_row(material: Material) -> None:
    sites = material.base_records.sites
    events = with_names(material.base.outage_events, sites, material.words("en"))
    many = pd.concat([events.iloc[[0]].assign(name=f"line {number}") for number in range(60)])
    rows = rows_of_names(many)
    assert len(rows) == NAMED_ROWS + 1
    assert sum(len(names) for names in rows) == 60
    assert len(rows_of_names(events)) == events["name"].nunique()


def test_lines_of_one_kind_are_told_apart_by_their_place(material: Material) -> None:
    sites = material.base_records.sites
    events = material.base.outage_events.assign(target_kind="link", target="commune_line")
    named = with_names(events, sites, material.words("en"))
    assert named["name"].nunique() == events["site"].nunique()
    places = sites.set_index("site")["name"][named["site"]]
    assert all(place in name for place, name in zip(places, named["name"], strict=True))


def test_every_line_is_drawn_once(material: Material) -> None:
    records = material.base_records
    ax = plot_network(records.sites, records.links)
    drawn = sum(
        len(collection.get_segments()) for collection in ax.collections if hasattr(collection, "get_segments")
    )
    assert drawn == len(records.links)


def test_differences_are_drawn_with_their_simultaneous_interval(material: Material) -> None:
    assert material.comparison is not None
    ax = plot_difference(material.comparison, "on_time_share")
    row = differences_in(material.comparison, "on_time_share").iloc[0]
    assert list(ax.lines[0].get_xdata()) == pytest.approx([100 * row["low"], 100 * row["high"]])
    panels = plot_differences(material.comparison).get_figure()
    assert panels is not None


def test_cost_picture_names_base_and_alternatives(material: Material) -> None:
    assert material.comparison is not None
    ax = plot_cost_against_on_time(material.comparison, material.words("vi"))
    shown = {label.get_text() for label in ax.texts}
    assert {"Phương án gốc", "Thêm một vị trí mỗi xã"} <= shown


def test_letters_of_vietnamese_are_in_the_font() -> None:
    letters = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ−–“”")
    known = get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap()
    assert {letter for letter in letters if ord(letter) not in known} == set()


def cell_colours(ax: Axes) -> list[str]:
    """Colours of the cells of a map, hatching left out."""
    faces = [patch.get_facecolor() for patch in ax.patches if isinstance(patch, PathPatch)]
    return [matplotlib.colors.to_hex(face) for face in faces if face[3] == 1]


def test_map_of_changes_colours_those_that_lose_and_greys_those_that_stay(material: Material) -> None:
    assert material.comparison is not None
    ways = changes_of(material.comparison, "more_posts", "travel_km_per_visit")["difference"]
    ax = plot_change_maps(material.comparison, "travel_km_per_visit", places_of(material.base_records))
    colours = cell_colours(ax)
    assert len(colours) >= len(ways)
    assert colours.count(UNCHANGED) >= (ways == 0).sum() > 0
    assert set(colours) - {UNCHANGED} <= set(WORSE_TO_BETTER[:2])


def test_less_way_is_a_gain_and_less_punctuality_a_loss() -> None:
    limits = (1.0, 4.0)
    assert colour_of_change(-5.0, "travel_km_per_visit", limits) == WORSE_TO_BETTER[-1]
    assert colour_of_change(5.0, "travel_km_per_visit", limits) == WORSE_TO_BETTER[0]
    assert colour_of_change(-0.5, "on_time_share", limits) == WORSE_TO_BETTER[2]
    assert colour_of_change(0.5, "on_time_share", limits) == WORSE_TO_BETTER[3]
    assert colour_of_change(0.0, "on_time_share", limits) == UNCHANGED
    assert colour_of_change(math.nan, "on_time_share", limits) not in {*WORSE_TO_BETTER, UNCHANGED}


def test_classes_of_change_lie_around_the_changes_there_are() -> None:
    small, large = change_limits(np.full(7, 6.0))
    assert small < 6.0 < large
    assert change_limits(np.array([])) in CHANGE_LADDERS


def test_changes_of_shares_are_mapped_in_percentage_points(material: Material) -> None:
    assert material.comparison is not None
    table = material.comparison.by_area
    row = table[(table["metric"] == "on_time_share") & (table["site"] != "")].iloc[0]
    points = changes_of(material.comparison, row["alternative"], "on_time_share")["difference"][row["site"]]
    assert points == pytest.approx(100 * row["difference"])


def test_people_are_drawn_where_somebody_is_away_or_stays(material: Material) -> None:
    assert set(pools_that_differ(material.base)) == {"reception", "reception_overtime"}
    ax = plot_people(material.base, "reception")
    there, posts = (days_of(material.base, "reception", metric)["value"] for metric in ("people", "posts"))
    assert list(ax.lines[0].get_ydata()) == pytest.approx(there.tolist())
    assert list(ax.lines[1].get_ydata()) == pytest.approx(posts.tolist())
    assert len(plot_people(material.base, "reception_overtime").lines) == 1


def test_people_who_are_always_there_need_no_picture(material: Material) -> None:
    complete = replace(material.base, people=material.base.people.query("pool == 'leader'"))
    assert pools_that_differ(complete) == []
    with pytest.raises(ValueError, match="always there"):
        plot_people_of_pools(complete, [])


def test_old_seats_are_drawn_only_where_a_line_leads_to_them(material: Material) -> None:
    records = material.base_records
    seats = records.sites.tail(2).assign(site=["A", "B"], level="old_seat", kind="commune")
    sites = pd.concat([records.sites, seats], ignore_index=True)
    joined = records.links.tail(1).assign(link="short line", site="A", parent=seats["parent"].iloc[0])
    links = pd.concat([records.links, joined], ignore_index=True)
    labels = [label.get_text() for label in plot_network(sites, links).get_legend().get_texts()]
    assert "Old seats of communes (1)" in labels
