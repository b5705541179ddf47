"""The page on results names every table and every column that a run writes."""

import pytest

from sim.record.tables import ALTERNATIVE_TABLES, OPTIONAL_TABLES, REPLICATION_TABLES
from tests.support.command import ROOT

TABLES = {**ALTERNATIVE_TABLES, **REPLICATION_TABLES, **OPTIONAL_TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_the_page_on_results_names_every_column(table: str) -> None:
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert f"| {table} |" in page
    missing = [column for column in TABLES[table].names if f"`{column}`" not in page]
    assert not missing
