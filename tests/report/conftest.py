"""One made-up study, its numbers and its page, shared by the tests of the report."""

from pathlib import Path

import pytest

from sim.analysis.compare import compare
from sim.analysis.summarise import summarise
from sim.report.material import Material
from sim.report.page import write_report
from tests.support.synthetic_records import write_synthetic_study


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    records = write_synthetic_study(tmp_path_factory.mktemp("study"), communes=12, days=40, replications=4)
    summaries = {name: summarise(each, records.study) for name, each in records.alternatives.items()}
    return Material(records, summaries, compare(records, summaries))


@pytest.fixture(scope="session")
def page(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_report(folder, material.records, material.summaries, material.comparison)
