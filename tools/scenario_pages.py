"""Writes the tables of docs/scenarios/*.md: the model's results beside the reports.

python -m tools.scenario_pages                      all pages; what is missing is run first, some hours
                                                    (most of it viet_nam and plan_02_viet_nam)
python -m tools.scenario_pages hai_phong            one study
python -m tools.scenario_pages --replications 2     quicker, with wide intervals
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sim.scenario import Study, load
from sim.scenario.files import shipped_text
from sim.scenario.tree import read_tree
from sim.study import Results, run
from tools.calibration_table import with_parts
from tools.scenario_facts import (
    bac_giang,
    before_after,
    hai_phong,
    handover,
    plan_02,
    plan_02_viet_nam,
    quang_tri,
    viet_nam,
)
from tools.scenario_facts.alternatives import alternatives_table, differences_table
from tools.scenario_facts.reading import table

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "docs" / "scenarios"

Parts = Callable[[Study, Results], dict[str, str]]

PAGES: Final[dict[str, dict[str, Parts]]] = {
    "quang_tri": {"quang_tri": quang_tri.parts, "before_after": before_after.parts},
    "hai_phong": {"hai_phong": hai_phong.parts},
    "bac_giang": {"bac_giang": bac_giang.parts},
    "bac_giang_handover": {"bac_giang_handover": handover.parts},
    "viet_nam": {"viet_nam": viet_nam.parts},
    "plan_02": {"plan_02": plan_02.parts},
    "plan_02_viet_nam": {"plan_02_viet_nam": plan_02_viet_nam.parts},
}
"""By study: its pages, each with what makes its own tables."""

SHIPPED_BASES: Final = ("offices", "procedures", "two_level")


def own_assumptions_table(study: Study, of: str = "base") -> str:
    """What a scenario takes for true on top of, or other than, haicap:two_level."""
    shipped: dict[str, str] = {}
    for name in SHIPPED_BASES:
        tree = read_tree(shipped_text(name), name).plain()
        shipped |= {key: each["text"]["en"] for key, each in tree.get("assumptions", {}).items()}
    own = {
        key: each for key, each in study.scenarios[of].assumptions.items() if shipped.get(key) != each.text.en
    }
    rows = [[each.text.en, each.status, each.source or ""] for each in own.values()]
    return table(("what is taken for true", "standing", "source"), rows)


def common_parts(study: Study, results: Results, page: str) -> dict[str, str]:
    """The tables that every page has, as far as its marks ask for them."""
    return {
        "alternatives": alternatives_table(results),
        "differences": differences_table(results),
        "assumptions": own_assumptions_table(study, "before" if page == "before_after" else "base"),
    }


def write_page(page: str, parts: dict[str, str]) -> None:
    """Fills the marks of a page; parts without marks are left out. ValueError when an own mark is missing."""
    path = FOLDER / f"{page}.md"
    text = path.read_text(encoding="utf-8")
    marked = {name: part for name, part in parts.items() if f"<!-- begin: {name} -->" in text}
    path.write_text(with_parts(text, marked), encoding="utf-8", newline="\n")


def write_study(name: str, root: Path, replications: int | None, workers: int | None) -> None:
    """Runs what is missing of a study and writes its pages."""
    study = load(REPOSITORY / "scenarios" / f"{name}.yaml")
    results = run(study, root / name, replications=replications, workers=workers)
    for page, own_parts in PAGES[name].items():
        write_page(page, {**common_parts(study, results, page), **own_parts(study, results)})


def main() -> None:
    """Rewrites the pages of the studies named, or of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("studies", nargs="*", help=f"of {', '.join(PAGES)}; all when left out")
    parser.add_argument("--replications", type=int, help="instead of what the scenario says")
    parser.add_argument("--workers", type=int, help="processes; one for each core when left out")
    parser.add_argument("--results", type=Path, default=Path("results"), help="folder of the results")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.studies if name not in PAGES]
    if unknown:
        parser.error(f"unknown study {unknown[0]}; one of {', '.join(PAGES)}")
    for name in chosen.studies or PAGES:
        write_study(name, chosen.results, chosen.replications, chosen.workers)


if __name__ == "__main__":
    main()
