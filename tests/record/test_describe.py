"""What describes a study on disk: enough for analysis and report, nothing invented."""

import json
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.record.dated import dated_table
from sim.record.errors import ResultsError
from sim.record.store import STUDY, AlternativeRecords, read_study
from sim.running.shortening import first_days
from sim.scenario.reader import load
from tests.support.command import ONE_COUNTER, THREE_WARDS
from tests.support.tiny_scenario import tiny_scenario


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> AlternativeRecords:
    """Records of the base of a small study on real communes."""
    results = sim.run(THREE_WARDS, tmp_path_factory.mktemp("results"), alternatives=[], replications=1)
    return results.records.alternatives["base"]


def test_every_commune_has_its_province_and_the_province_the_centre(base: AlternativeRecords) -> None:
    sites = base.sites.set_index("site")
    assert list(sites["level"].value_counts().sort_index().items()) == [
        ("centre", 1),
        ("commune", 3),
        ("province", 1),
    ]
    communes = sites[sites["level"] == "commune"]
    assert set(communes["parent"]) == set(sites.index[sites["level"] == "province"])
    assert sites["parent"].isna().sum() == 1


def test_areas_are_the_communes_whatever_the_sites_are(base: AlternativeRecords) -> None:
    communes = base.sites[base.sites["level"] == "commune"].reset_index(drop=True)
    pd.testing.assert_frame_equal(base.areas, communes)
    assert (base.areas["travel_speed_kmh"] > 0).all()
    flow = base.table("flow", 0)
    assert set(flow["site"]) <= set(base.areas["site"])


def test_former_communes_are_counted_by_their_present_commune(tmp_path: Path) -> None:
    text = THREE_WARDS.read_text(encoding="utf-8").replace(
        "territory:", "territory:\n  citizens_live_in: former_communes", 1
    )
    for table in THREE_WARDS.parent.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    scenario = tmp_path / "former.yaml"
    scenario.write_text(text, encoding="utf-8")
    results = sim.run(scenario, tmp_path / "results", alternatives=[], replications=1)
    records = results.records.alternatives["base"]
    assert (records.sites["level"] == "old_seat").any()
    assert set(records.areas["level"]) == {"commune"}
    for name in ("flow", "unfinished", "counter_wait", "cycle"):
        assert set(records.table(name, 0)["site"]) <= set(records.areas["site"])


def test_the_description_says_which_groups_are_internal(base: AlternativeRecords) -> None:
    study = json.loads((base.folder.parent / STUDY).read_text(encoding="utf-8"))
    assert {group["internal"] for group in study["groups"].values()} == {False}


def test_each_link_leads_from_a_site_to_the_one_above(base: AlternativeRecords) -> None:
    parents = base.sites.set_index("site")["parent"]
    assert (base.links["parent"] == base.links["site"].map(parents)).all()
    assert {"trunk", "commune_line"} <= set(base.links["link"])


def test_the_calendar_has_a_row_for_each_day_of_the_run(base: AlternativeRecords) -> None:
    period = load(THREE_WARDS).base.period
    days = base.calendar["day"]
    assert days.iloc[0].date() == period.start and days.iloc[-1].date() == period.end
    assert days.is_unique and len(days) == (period.end - period.start).days + 1
    assert ((base.calendar["office_open_ms"] > 0) == base.calendar["office_open"]).all()


def test_the_manifest_tells_what_ran_where(base: AlternativeRecords) -> None:
    scenario = load(THREE_WARDS).base
    assert base.manifest["scenario_hash"] == scenario.content_hash()
    assert base.manifest["seed"] == scenario.seed
    assert base.manifest["finished_replications"] == [0]
    assert base.manifest["machine"]["cores"] >= 1 and base.manifest["peak_memory_mb"] > 10


def test_the_effective_scenario_beside_the_results_is_the_same_scenario(
    base: AlternativeRecords, tmp_path: Path
) -> None:
    copy = tmp_path / "effective.yaml"
    copy.write_bytes((base.folder / "effective_scenario.yaml").read_bytes())
    for table in THREE_WARDS.parent.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    assert load(copy).base.content_hash() == base.manifest["scenario_hash"]


def test_totals_come_with_checks_and_timing(base: AlternativeRecords) -> None:
    totals = base.totals(0)
    assert totals["checks"] == {"conservation": True, "little": True, "split": True}
    assert totals["filed"] == base.table("flow", 0, ["arrived"])["arrived"].sum()
    assert totals["wall_seconds"] > 0


def test_a_table_that_is_not_there_is_told_with_its_path(base: AlternativeRecords) -> None:
    with pytest.raises(ResultsError) as told:
        base.table("log", 0)
    assert told.value.key == "results.unreadable" and "log.parquet" in str(told.value)


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"alternatives": 3}', "{"])
def test_a_damaged_description_of_a_study_is_told_plainly(tmp_path: Path, content: str) -> None:
    (tmp_path / STUDY).write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError) as told:
        read_study(tmp_path)
    assert told.value.key == "results.unreadable"


def test_tables_of_another_format_are_not_read(tmp_path: Path) -> None:
    sim.run(ONE_COUNTER, tmp_path, replications=1)
    manifest = tmp_path / "base" / "manifest.json"
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(stored | {"table_format": "older"}), encoding="utf-8")
    with pytest.raises(ResultsError) as told:
        read_study(tmp_path)
    assert told.value.key == "results.other_format"


def test_the_first_days_of_a_scenario_end_early_and_need_no_warm_up() -> None:
    scenario = load(THREE_WARDS).base
    short = first_days(scenario, 3)
    assert (short.period.end - short.period.start).days == 2 and short.period.warm_up == 0
    assert first_days(scenario, 10_000).period.end == scenario.period.end


def test_dated_things_are_phases_by_province_other_changes_outages_and_storms() -> None:
    phase = {
        "at": "2025-07-10",
        "lasts": "3 days",
        "stagger": {"by": ["Tỉnh 1", "Tỉnh 2"], "every": "5 days"},
        "change": {"pools": {"reception": {"headcount": {"add": 1}}}},
    }
    change = {"pool": "reception", "headcount": {"add": 1}}
    scenario = tiny_scenario(
        phases={"rollout": phase},
        changes={
            "rollout_1": {"at": "2025-07-10", "until": "2025-07-12", **change},
            "other": {"at": "2025-07-01", **change},
        },
        outages={"upkeep": {"systems": ["portal"], "planned": [{"at": "2025-07-08 20:00", "lasts": "6 h"}]}},
    )
    day, hour = 86_400_000, 3_600_000
    assert dated_table(scenario).to_pandas().values.tolist() == [
        ["phase", "rollout", "Tỉnh 1", 3 * day, 6 * day],
        ["phase", "rollout", "Tỉnh 2", 8 * day, 11 * day],
        ["change", "other", "", -6 * day, -1],
        ["outage", "upkeep", "", day + 20 * hour, day + 26 * hour],
    ]
