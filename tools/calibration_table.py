"""Writes the tables of docs/calibration.md: the model beside published figures.

python -m tools.calibration_table               everything; runs the Quang Ngai base twice, about a minute
python -m tools.calibration_table --volumes     only what is known by arithmetic, seconds
"""

import argparse
from collections.abc import Iterable, Mapping

from sim.scenario import Study, load
from sim.scenario.schema.text import Assumption
from tools.calibration.expected import QUANG_NGAI, REPOSITORY
from tools.calibration.rows import Row, volume_rows

PAGE = REPOSITORY / "docs" / "calibration.md"


def table_of(rows: Iterable[Row]) -> str:
    """Rows as a Markdown table."""
    lines = ["| figure | published | model | source | remark |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.source} | {row.model} | {row.where_from} | {row.remark} |" for row in rows
    ]
    return "\n".join(lines)


def assumptions_table(study: Study) -> str:
    """What the study takes for true, from the scenario itself."""
    lines = ["| what is taken for true | standing | source |", "|---|---|---|"]
    lines += [_assumption(each) for each in study.base.assumptions.values()]
    return "\n".join(lines)


def _assumption(assumption: Assumption) -> str:
    return f"| {assumption.text.en} | {assumption.status} | {assumption.source or ''} |"


def with_parts(page: str, parts: Mapping[str, str]) -> str:
    """The page with the text between the marks of each part replaced. ValueError when a mark is missing."""
    for name, text in parts.items():
        before, begin, rest = page.partition(f"<!-- begin: {name} -->\n")
        _, end, after = rest.partition(f"<!-- end: {name} -->")
        if not begin or not end:
            raise ValueError(f"{PAGE.name}: the marks of {name} are missing")
        page = f"{before}{begin}\n{text}\n\n{end}{after}"
    return page


def quick_parts() -> dict[str, str]:
    """The parts of the page that need no run."""
    return {"volumes": table_of(volume_rows()), "assumptions": assumptions_table(load(QUANG_NGAI))}


def main() -> None:
    """Rewrites the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--volumes", action="store_true", help="leave the table that needs a run as it is")
    only_volumes = parser.parse_args().volumes
    parts = quick_parts()
    if not only_volumes:
        # Imported here: the short form needs none of it.
        from tools.calibration.observed import run_rows

        parts["run"] = table_of(run_rows(workers=None))
    PAGE.write_text(with_parts(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
