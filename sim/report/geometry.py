"""Commune cells for a map: Voronoi cells around the centres, cut to a plausible outline of the province.

Real boundaries are not part of the records. A cell therefore shows which ground lies nearest to a commune's
centre, and the outline is the land around all centres; captions say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

KM_PER_DEGREE_LATITUDE = 110.574
KM_PER_DEGREE_LONGITUDE = 111.320  # at the equator
# A commune this many times farther from its neighbours than their radii reach is an island.
ISLAND_GAP = 2.0
# So many communes that are joined to each other are land of their own, not islands: a province far off.
LEAST_LAND = 10
# Islands beyond this share of the mainland's width go into a frame of their own, or the rest would shrink.
FAR_SHARE = 0.45


@dataclass(frozen=True)
class Projection:
    """Degrees to kilometres on a flat map around one point; good to one per cent within a province."""

    longitude: float
    latitude: float

    def to_km(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points as rows of (east, north) in kilometres from the map's middle."""
        shrink = np.cos(np.radians(self.latitude))
        east = (np.asarray(longitude) - self.longitude) * KM_PER_DEGREE_LONGITUDE * shrink
        north = (np.asarray(latitude) - self.latitude) * KM_PER_DEGREE_LATITUDE
        return np.column_stack([east, north])


@dataclass(frozen=True)
class Territory:
    """The map of one study: a cell for each commune, in kilometres, and the outline of the mainland."""

    cells: tuple[BaseGeometry, ...]
    outline: BaseGeometry
    projection: Projection
    far_away: tuple[int, ...]  # communes drawn in a frame at the edge instead of at their place
    frame: BaseGeometry | None  # that frame

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Western, southern, eastern and northern end of what is drawn, km."""
        shapes = [cell for cell in self.cells if not cell.is_empty]
        shapes += [self.frame] if self.frame is not None else []
        west, south, east, north = shapely.total_bounds(shapes)
        return float(west), float(south), float(east), float(north)


def territory(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], area_km2: NDArray[np.float64]
) -> Territory:
    """Cells for communes with the given centres (degrees) and areas, in the same order."""
    projection = Projection(float(np.median(longitude)), float(np.median(latitude)))
    centres = _apart(projection.to_km(longitude, latitude))
    radius = np.sqrt(np.clip(np.nan_to_num(area_km2, nan=10.0), 0.5, None) / np.pi)
    islands = _islands(centres, radius)
    land = [index for index in range(len(centres)) if index not in islands]
    outline = _outline(centres[land], radius[land])
    cells: list[BaseGeometry] = [Polygon()] * len(centres)
    for index, cell in zip(land, _voronoi(centres[land], outline), strict=True):
        cells[index] = cell
    least = 0.018 * _width(outline)
    for index in islands:
        cells[index] = Point(centres[index]).buffer(max(radius[index], least))
    far = tuple(index for index in islands if cells[index].distance(outline) > FAR_SHARE * _width(outline))
    frame = _frame_far_islands(cells, far, outline) if far else None
    return Territory(tuple(cells), outline, projection, far, frame)


def _apart(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centres with exact duplicates moved a few metres, because two cells cannot share one centre."""
    moved = centres.copy()
    _, first, inverse = np.unique(moved.round(3), axis=0, return_index=True, return_inverse=True)
    for index, group in enumerate(np.ravel(inverse)):
        if first[group] != index:
            angle = 2.4 * index
            moved[index] += 0.05 * np.array([np.cos(angle), np.sin(angle)])
    return moved


def _islands(centres: NDArray[np.float64], radius: NDArray[np.float64]) -> set[int]:
    """Communes not joined to the largest group of communes by steps between near neighbours.

    Nor to any other large group: a study may have provinces that do not border on each other.
    """
    if len(centres) < 3:
        return set()
    usual = float(np.median(radius))
    reach = ISLAND_GAP * (radius + usual) + usual
    near = cKDTree(centres).query_ball_point(centres, reach)
    rows = np.repeat(np.arange(len(centres)), [len(neighbours) for neighbours in near])
    joined = coo_array((np.ones(len(rows)), (rows, np.concatenate(near).astype(int))))
    _, group = connected_components(joined, directed=False)
    sizes = np.bincount(group)
    is_land = (sizes >= LEAST_LAND) | (np.arange(len(sizes)) == sizes.argmax())
    return set(np.flatnonzero(~is_land[group]).tolist())


def _outline(centres: NDArray[np.float64], radius: NDArray[np.float64]) -> BaseGeometry:
    """Land around the centres: discs of the communes' areas, joined, gaps closed and corners softened."""
    usual = float(np.median(radius))
    reach = 1.15 * np.clip(radius, 0.6 * usual, 1.6 * usual)
    discs = shapely.union_all(shapely.buffer(shapely.points(centres), reach))
    closing = 2.2 * float(np.median(reach))
    closed = discs.buffer(closing).buffer(-closing)
    hull = shapely.concave_hull(MultiPoint(centres), ratio=0.35).buffer(0.5 * float(np.median(reach)))
    near_land = closed.buffer(closing)  # a hull alone would fill whole gulfs
    land = shapely.union_all([closed, hull.intersection(near_land)])
    soft = 0.5 * float(np.median(reach))
    smooth = land.buffer(-soft).buffer(2 * soft).buffer(-soft)
    return _without_holes(smooth if not smooth.is_empty else land)


def _without_holes(shape: BaseGeometry) -> BaseGeometry:
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return shapely.union_all([Polygon(part.exterior) for part in parts])


def _voronoi(centres: NDArray[np.float64], outline: BaseGeometry) -> list[BaseGeometry]:
    """One cell for each centre, in order: the part of the outline nearer to it than to any other."""
    if len(centres) == 1:
        return [outline]
    margin = 2 * _width(outline)
    cells = shapely.voronoi_polygons(MultiPoint(centres), extend_to=outline.buffer(margin), ordered=True)
    shapely.prepare(outline)
    return [cell if outline.contains(cell) else cell.intersection(outline) for cell in cells.geoms]


def _frame_far_islands(
    cells: list[BaseGeometry], far: tuple[int, ...], outline: BaseGeometry
) -> BaseGeometry:
    """Move far islands into a frame to the east of the mainland, one above the other; returns the frame."""
    west, south, east, north = outline.bounds
    for index, cell in enumerate(cells):
        if index not in far and not cell.is_empty:
            east = max(east, cell.bounds[2])
    step = 0.11 * max(north - south, east - west)
    left, low = east + 0.5 * step, south
    for place, index in enumerate(far):
        middle = (left + 0.6 * step, low + (place + 0.5) * step)
        cells[index] = Point(middle).buffer(0.28 * step)
    return shapely.box(left, low, left + 1.2 * step, low + len(far) * step)


def _width(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return float(max(east - west, north - south))
