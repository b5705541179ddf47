"""Finding a province or commune by the name a planner wrote."""

from collections.abc import Iterable, Iterator
from functools import cache

from sim.world.names import LONGEST_NAME, NameIndex, plain_key
from sim.world.territory import (
    Commune,
    FormerCommune,
    Province,
    load_former_communes,
    load_territory,
)


class UnknownPlace(ValueError):
    """No place, or more than one, has the name. `nearest` lists names that would do, best first."""

    def __init__(self, message: str, nearest: Iterable[str] = ()) -> None:
        self.nearest = tuple(nearest)
        suggestion = f"; did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(message + suggestion)


def find_province(text: str) -> Province:
    """The province with this name or code.

    Takes "Tỉnh Quảng Ngãi", "quang ngai", "quang_ngai", "QuangNgai", "51". UnknownPlace when there is none;
    for a former province `nearest` holds the one it is part of now.
    """
    territory = load_territory()
    if text.strip() in {province.code for province in territory.provinces}:
        return territory.province(text.strip())
    index = _province_index()
    matches = index.matches(text)
    if len(matches) == 1:
        return matches[0]
    merged = _former_province_index().matches(text)
    if merged:
        names = [province.name for province in merged]
        raise UnknownPlace(f"{_quoted(text)} was merged in 2025 and is now part of {names[0]}", names)
    names = [province.name for province in matches or index.nearest(text)]
    raise UnknownPlace(f"there is no province {_quoted(text)}", names)


def find_commune(text: str, province: str | None = None) -> Commune:
    """The commune, ward or special zone with this name or five-digit code, in one province or in the country.

    Takes "Phường Trương Quang Trọng", "truong quang trong", "P. Trương Quang Trọng" and, for the country as a
    whole, "An Phú, Quảng Ngãi". UnknownPlace when there is none or the text fits several;
    for a former commune `nearest` holds the present ones.
    """
    if province is None and "," in text:
        text, province = text.rsplit(",", 1)
    home = None if province is None else find_province(province)
    matches = _matches_by_code(text, home) or _commune_index(home.code if home else None).matches(text)
    if len(matches) == 1:
        return matches[0]
    raise _unknown_commune(text, home, matches)


def _matches_by_code(text: str, home: Province | None) -> tuple[Commune, ...]:
    code = text.strip()
    known = len(code) == 5 and code.isascii() and code.isdigit()
    return tuple(each for each in _communes_in(home.code if home else None) if known and each.code == code)


def _unknown_commune(text: str, home: Province | None, matches: tuple[Commune, ...]) -> UnknownPlace:
    where = f" in {home.name}" if home else ""
    if matches:
        return UnknownPlace(
            f"{len(matches)} communes{where} are called {_quoted(text)}", _answers(matches[:10], home)
        )
    successors = _successors(text, home)
    if successors:
        return UnknownPlace(
            f"{_quoted(text)} is a former commune{where}, merged in 2025", _answers(successors, home)
        )
    nearest = _commune_index(home.code if home else None).nearest(text)
    return UnknownPlace(f"there is no commune {_quoted(text)}{where}", _answers(nearest, home))


def _successors(text: str, home: Province | None) -> tuple[Commune, ...]:
    territory = load_territory()
    present = [
        territory.commune(code) for former in _former_index().matches(text) for code in former.present_codes
    ]
    inside = [commune for commune in present if home is None or commune.province_code == home.code]
    return tuple(dict.fromkeys(inside))[:10]


def _answers(communes: Iterable[Commune], home: Province | None) -> Iterator[str]:
    """Names that find these communes; with the province where none was given."""
    for commune in communes:
        province = load_territory().province(commune.province_code)
        yield commune.full_name if home else f"{commune.full_name}, {province.name}"


def _quoted(text: str) -> str:
    return f"'{text.strip()[:LONGEST_NAME]}'"


def _communes_in(province_code: str | None) -> tuple[Commune, ...]:
    territory = load_territory()
    return territory.communes if province_code is None else territory.communes_of(province_code)


@cache
def _province_index() -> NameIndex[Province]:
    return NameIndex(
        (
            province,
            {
                province.name,
                f"Tỉnh {province.name}",
                f"Thành phố {province.name}",
                plain_key(province.name).replace(" ", ""),
                *province.aliases,
            },
        )
        for province in load_territory().provinces
    )


@cache
def _former_province_index() -> NameIndex[Province]:
    return NameIndex(
        (province, {former, f"Tỉnh {former}"})
        for province in load_territory().provinces
        for former in province.former_provinces
        if former != province.name
    )


@cache
def _commune_index(province_code: str | None) -> NameIndex[Commune]:
    return NameIndex((commune, {commune.name, commune.full_name}) for commune in _communes_in(province_code))


@cache
def _former_index() -> NameIndex[FormerCommune]:
    return NameIndex((former, {former.name, former.full_name}) for former in load_former_communes())
