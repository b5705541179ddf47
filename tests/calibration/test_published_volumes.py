"""The shipped base brings the volumes that were published, and docs/calibration.md says what it brings."""

import datetime

import pytest

from tools.calibration import published as pub
from tools.calibration.expected import country, quang_ngai
from tools.calibration.rows import (
    expected_in_run,
    first_week,
    half_year,
    online_share,
    ward_counter_mix,
    ward_visitors_per_1000,
)
from tools.calibration_table import PAGE, quick_parts

WINDOW = (pub.FIRST_DAY, pub.LAST_DAY_OF_THE_COUNT)


def test_the_country_brings_the_published_dossiers_per_unit_and_per_inhabitant() -> None:
    whole = country()
    dossiers, days = whole.dossiers(*WINDOW, whole.counted), whole.working_days(*WINDOW)
    assert days == 36
    assert dossiers == pytest.approx(pub.DOSSIERS, rel=0.01)
    assert dossiers / whole.communes / days == pytest.approx(pub.PER_UNIT_AND_WORKING_DAY, rel=0.01)
    per_1000 = 1000 * dossiers / whole.inhabitants() / days
    assert per_1000 == pytest.approx(pub.PER_1000_AND_WORKING_DAY, rel=0.01)


def test_the_online_share_starts_and_rises_as_published() -> None:
    whole = country()
    for number, share in enumerate(pub.ONLINE_SHARE_OF_FIRST_DAYS):
        day = pub.FIRST_DAY + datetime.timedelta(days=number)
        assert online_share(whole, day, day, with_certification=False) == pytest.approx(share, abs=0.015)
    mean = online_share(whole, *WINDOW, with_certification=False)
    assert mean == pytest.approx(pub.ONLINE_SHARE, abs=0.005)
    assert 0.15 <= online_share(whole, *WINDOW, with_certification=True) <= 0.60


def test_ward_counters_have_the_published_mix() -> None:
    mix = ward_counter_mix(country())
    low, high = pub.CERTIFICATION_OF_COUNTER
    assert low <= mix["certification"] <= high
    for group, share in pub.WARD_COUNTER_MIX.items():
        assert mix[group] == pytest.approx(share, abs=0.06), group
    business, civil_status, land = (mix[group] for group in pub.WARD_COUNTER_MIX)
    assert business > civil_status > land


def test_ward_counters_have_as_many_visitors_as_published() -> None:
    fewest, most = pub.IN_PERSON_PER_1000
    assert fewest <= ward_visitors_per_1000(country()) <= most


@pytest.mark.parametrize(("commune", "dossiers"), pub.FIRST_WEEK.items())
def test_two_units_of_quang_ngai_have_their_published_first_week(commune: str, dossiers: int) -> None:
    assert first_week(quang_ngai(), commune) == pytest.approx(dossiers, rel=0.03)


def test_half_a_year_of_quang_ngai_has_about_600_000_dossiers_half_of_them_certification() -> None:
    province = quang_ngai()
    assert half_year(province) == pytest.approx(pub.HALF_YEAR_OF_QUANG_NGAI, rel=0.02)
    certification = expected_in_run(province, ~province.counted)
    assert certification / half_year(province) == pytest.approx(0.5, abs=0.02)


def test_the_page_shows_the_volumes_and_assumptions_of_the_shipped_files() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, text in quick_parts().items():
        assert text in page, f"{name} is stale: run python -m tools.calibration_table --volumes"
