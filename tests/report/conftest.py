"""One made-up study, its numbers and its page, shared by the tests of the report."""

from pathlib import Path

import pytest

from sim.analysis.compare import compare
from sim.analysis.summarise import summarise
from sim.record.store import StudyRecords
from sim.report.material import Material
from sim.report.page import write_report
from tests.support.shocked_records import write_shocked_study
from tests.support.synthetic_records import write_synthetic_study


def material_of(records: StudyRecords) -> Material:
    summaries = {name: summarise(each, records.study) for name, each in records.alternatives.items()}
    return Material(records, summaries, compare(records, summaries))


@pytest.fixture(scope="session")
def shocked(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Two provinces, and an alternative in which the portal is down for a day."""
    return material_of(write_shocked_study(tmp_path_factory.mktemp("shocked"), replications=2))


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    records = write_synthetic_study(tmp_path_factory.mktemp("study"), communes=12, days=40, replications=4)
    return material_of(records)


@pytest.fixture(scope="session")
def page(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_report(folder, material.records, material.summaries, material.comparison)


@pytest.fixture(scope="session")
def shocked_page(shocked: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report_of_shock")
    return write_report(folder, shocked.records, shocked.summaries, shocked.comparison)
