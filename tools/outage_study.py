"""Writes the tables of docs/outage-study.md from three studies; what is missing is run first.

python -m tools.outage_study                    all tables; the runs take about ten minutes on two cores
python -m tools.outage_study --replications 2   quicker, with wide intervals
"""

import argparse
from pathlib import Path
from typing import Final

from sim.scenario import load
from sim.study import run
from tools.calibration_table import with_parts
from tools.scenario_facts import outage_tables
from tools.scenario_facts.outage_tables import BACKUP, NO_PAPER, PAPER, Organisations
from tools.scenario_facts.shocks import Shocks
from tools.scenario_pages import REPOSITORY, own_assumptions_table

PAGE = REPOSITORY / "docs" / "outage-study.md"
STUDIES: Final = {
    NO_PAPER: "outages_quang_tri_no_paper",
    PAPER: "outages_quang_tri",
    BACKUP: "outages_quang_tri_backup",
}


def parts(organisations: Organisations) -> dict[str, str]:
    """The tables of the page by their marks."""
    base = organisations[PAPER]
    return {
        "short": outage_tables.short_answer(organisations),
        "days": outage_tables.days_table(base),
        "harm": outage_tables.harm_table(base),
        "recovery": outage_tables.recovery_table(organisations),
        "changes": outage_tables.changes_table(organisations),
        "groups": outage_tables.groups_table(base),
        "places": outage_tables.places_table(base),
        "communes": outage_tables.communes_table(base),
        "costs": outage_tables.costs_table(organisations),
        "assumptions": assumptions(),
    }


def assumptions() -> str:
    """What the studies take for true, with that of the storm."""
    return own_assumptions_table(load(REPOSITORY / "scenarios" / f"{STUDIES[PAPER]}.yaml"), "storm")


def main() -> None:
    """Rewrites the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, help="instead of what the scenarios say")
    parser.add_argument("--workers", type=int, help="processes; one for each core when left out")
    parser.add_argument("--results", type=Path, default=Path("results"), help="folder of the results")
    chosen = parser.parse_args()
    organisations = {}
    for organisation, name in STUDIES.items():
        study = load(REPOSITORY / "scenarios" / f"{name}.yaml")
        results = run(study, chosen.results / name, replications=chosen.replications, workers=chosen.workers)
        organisations[organisation] = Shocks(results)
    text = with_parts(PAGE.read_text(encoding="utf-8"), parts(organisations))
    PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
