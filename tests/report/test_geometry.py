"""Cells of the map: one for each commune, apart from each other, around their centres."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.report.geometry import Projection, territory


def grid(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    number = np.arange(count)
    return 108.0 + 0.1 * (number % 5), 15.0 + 0.1 * (number // 5), np.full(count, 100.0)


def test_cells_are_apart_and_fill_the_outline() -> None:
    shape = territory(*grid(25))
    total = sum(cell.area for cell in shape.cells)
    assert shapely.union_all(shape.cells).area == pytest.approx(total, rel=1e-6)
    assert total == pytest.approx(shape.outline.area, rel=1e-6)


def test_each_centre_lies_in_its_own_cell() -> None:
    longitude, latitude, area = grid(25)
    shape = territory(longitude, latitude, area)
    points = shapely.points(shape.projection.to_km(longitude, latitude))
    assert all(cell.buffer(1e-6).contains(point) for cell, point in zip(shape.cells, points, strict=True))


def test_island_far_off_the_coast_gets_a_disc_of_its_own() -> None:
    longitude, latitude, area = grid(25)
    shape = territory(np.append(longitude, 108.7), np.append(latitude, 15.2), np.append(area, 10.0))
    assert not shape.cells[-1].intersects(shape.outline)
    assert shape.far_away == ()


def test_island_very_far_away_goes_into_a_frame_and_does_not_shrink_the_map() -> None:
    longitude, latitude, area = grid(25)
    near = territory(longitude, latitude, area)
    shape = territory(np.append(longitude, 114.0), np.append(latitude, 10.0), np.append(area, 5.0))
    assert shape.far_away == (25,)
    assert shape.frame is not None
    assert shape.frame.contains(shape.cells[-1])
    assert shape.bounds[2] - shape.bounds[0] < 2 * (near.bounds[2] - near.bounds[0])


def test_distance_on_the_map_is_that_on_the_ground() -> None:
    projection = Projection(108.0, 15.0)
    points = projection.to_km(np.array([108.0, 108.0]), np.array([15.0, 16.0]))
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(110.6, abs=0.3)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(102.0, 118.0), st.floats(7.0, 24.0), st.floats(0.0, 2000.0)),
        min_size=1,
        max_size=40,
    )
)
def test_any_places_give_a_cell_each(places: list[tuple[float, float, float]]) -> None:
    longitude, latitude, area = (np.array(column) for column in zip(*places, strict=True))
    shape = territory(longitude, latitude, area)
    assert len(shape.cells) == len(places)
    assert all(cell.area > 0 for cell in shape.cells)
    assert np.isfinite(shape.bounds).all()


def test_communes_on_the_same_spot_get_a_cell_each() -> None:
    shape = territory(np.full(4, 108.0), np.full(4, 15.0), np.full(4, 50.0))
    assert all(cell.area > 0 for cell in shape.cells)
