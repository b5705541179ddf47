"""Rows of the calibration table: what is compared, the published figure, the model's."""

import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.calibration import published as pub
from tools.calibration.expected import Expected, country, posts_per_commune, quang_ngai

A_USUAL_WEEK = (datetime.date(2025, 7, 14), datetime.date(2025, 7, 18))
GROUP_TITLES = {"household_business": "household business", "civil_status": "civil status", "land": "land"}


class Row(NamedTuple):
    """One line of a table, in words."""

    what: str
    source: str
    model: str
    where_from: str
    remark: str = ""


def volume_rows() -> list[Row]:
    """Everything that is known by arithmetic, before anything is run."""
    return [*_national_rows(), *_online_rows(), *_ward_rows(), *_quang_ngai_rows()]


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{100 * share:.1f} %"


def _national_rows() -> list[Row]:
    whole = country()
    dossiers, days = _counted(whole), whole.working_days(pub.FIRST_DAY, pub.LAST_DAY_OF_THE_COUNT)
    per_unit = dossiers / whole.communes / days
    per_1000 = 1000 * dossiers / whole.inhabitants() / days
    where = "Country, without certification"
    return [
        Row(
            f"{where}: dossiers in {days} working days",
            "4.4 million",
            f"{dossiers / 1e6:.2f} million",
            pub.COUNT_SOURCE,
        ),
        Row(
            f"{where}: per commune-level unit and working day",
            f"{pub.PER_UNIT_AND_WORKING_DAY}",
            f"{per_unit:.1f}",
            pub.COUNT_SOURCE,
            "fitted",
        ),
        Row(
            f"{where}: per 1,000 inhabitants and working day",
            f"{pub.PER_1000_AND_WORKING_DAY}",
            f"{per_1000:.2f}",
            pub.COUNT_SOURCE,
            "fitted",
        ),
    ]


def _counted(whole: Expected) -> float:
    return whole.dossiers(pub.FIRST_DAY, pub.LAST_DAY_OF_THE_COUNT, whole.counted)


def online_share(
    whole: Expected, first: datetime.date, last: datetime.date, with_certification: bool
) -> float:
    """Share filed online from the first to the last day."""
    chosen = np.ones(len(whole.group), dtype=np.bool_) if with_certification else whole.counted
    return whole.dossiers(first, last, chosen & whole.online) / whole.dossiers(first, last, chosen)


def _online_rows() -> list[Row]:
    whole = country()
    days = [pub.FIRST_DAY + datetime.timedelta(days=day) for day in range(3)]
    first_days = [online_share(whole, day, day, with_certification=False) for day in days]
    window = (pub.FIRST_DAY, pub.LAST_DAY_OF_THE_COUNT)
    return [
        Row(
            "Online share without certification, first three days",
            ", ".join(percent(share) for share in pub.ONLINE_SHARE_OF_FIRST_DAYS),
            ", ".join(percent(share) for share in first_days),
            pub.FIRST_DAYS_SOURCE,
            "fitted",
        ),
        Row(
            "Online share without certification, mean",
            percent(pub.ONLINE_SHARE),
            percent(online_share(whole, *window, with_certification=False)),
            pub.ONLINE_SHARE_SOURCE,
            "fitted",
        ),
        Row(
            "Online share with certification, mean",
            "15 to 60 %",
            percent(online_share(whole, *window, with_certification=True)),
            "single wards, July 2025 (C, der)",
            "the same dossiers, counted otherwise",
        ),
    ]


def ward_counter_mix(whole: Expected) -> dict[str, float]:
    """Shares of the groups in what is filed in person in wards, in a usual week of July."""
    at_ward_counters = (whole.kind == "ward") & whole.in_person
    total = whole.dossiers(*A_USUAL_WEEK, at_ward_counters)
    groups = whole.built.names.groups[:-1]
    return {g: whole.dossiers(*A_USUAL_WEEK, at_ward_counters & (whole.group == g)) / total for g in groups}


def ward_visitors_per_1000(whole: Expected) -> float:
    """Dossiers filed in person in wards per 1,000 inhabitants and working day, in a usual week of July."""
    filed = whole.dossiers(*A_USUAL_WEEK, (whole.kind == "ward") & whole.in_person)
    return 1000 * filed / whole.inhabitants(["ward"]) / whole.working_days(*A_USUAL_WEEK)


def _ward_rows() -> list[Row]:
    whole = country()
    mix = ward_counter_mix(whole)
    low, high = pub.CERTIFICATION_OF_COUNTER
    fewest, most = pub.IN_PERSON_PER_1000
    rows = [
        Row(
            "Counters of wards: share of certification",
            f"{100 * low:.0f} to {100 * high:.0f} %",
            percent(mix["certification"]),
            pub.CERTIFICATION_SOURCE,
            "fitted to the lower end",
        )
    ]
    rows += [
        Row(
            f"Counters of wards: share of {GROUP_TITLES[group]}",
            f"{100 * share:.0f} %",
            percent(mix[group]),
            pub.WARD_COUNTER_SOURCE,
        )
        for group, share in pub.WARD_COUNTER_MIX.items()
    ]
    visitors = Row(
        "Counters of wards: filed in person per 1,000 inhabitants and day",
        f"{fewest} to {most}",
        f"{ward_visitors_per_1000(whole):.1f}",
        pub.IN_PERSON_SOURCE,
        "published are visitors, who also ask and collect",
    )
    return [*rows, visitors]


def first_week(province: Expected, commune: str) -> float:
    """Dossiers without certification of one commune in the first week of July."""
    chosen = province.counted & (province.site == commune)
    return province.dossiers(pub.FIRST_DAY, pub.LAST_DAY_OF_THE_FIRST_WEEK, chosen)


def half_year(province: Expected) -> float:
    """All dossiers of the run, certification included."""
    return expected_in_run(province, np.ones(len(province.group), dtype=np.bool_))


def expected_in_run(province: Expected, chosen: NDArray[np.bool_]) -> float:
    """Dossiers of the chosen streams over the whole run."""
    start = province.built.names.start
    last = start + datetime.timedelta(days=province.built.world.day_count - 1)
    return province.dossiers(start, last, chosen)


def _quang_ngai_rows() -> list[Row]:
    province = quang_ngai()
    units = [
        Row(
            f"{commune} (Quảng Ngãi): first week, without certification",
            f"{'about ' if count == 350 else ''}{count}",
            f"{first_week(province, commune):.0f}",
            pub.FIRST_WEEK_SOURCE,
            "fitted: one factor for one unit",
        )
        for commune, count in pub.FIRST_WEEK.items()
    ]
    certification = expected_in_run(province, ~province.counted) / half_year(province)
    return [
        *units,
        Row(
            "Quảng Ngãi: half-year with certification",
            "about 600,000",
            f"{half_year(province):,.0f}",
            pub.HALF_YEAR_SOURCE,
            f"of them certification {percent(certification)}",
        ),
        Row(
            "Quảng Ngãi: posts per commune that work on dossiers",
            "7 to 17 in the centre, 32 in all",
            f"{posts_per_commune(province):.1f}",
            "provisional frame and centres seen, 2025 (C)",
        ),
    ]
