"""Writes notebooks/01_first_study.ipynb from the cells below; outputs are left out.

python tools/make_notebook.py
"""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "01_first_study.ipynb"

CELLS = (
    """# A first study

The same study that `haicap run scenarios/quang_ngai.yaml` runs, from Python: the 96 communes of Quảng Ngãi in
the first half-year after the merger, and what alternatives would change. What is taken for true stands in the
scenario file and at the end of every report; commune populations are estimates.

A study is read and checked first; a mistake in the file stops here, with its line.""",
    (
        "import sim",
        "",
        'study = sim.load("../scenarios/quang_ngai.yaml")',
        "list(study.scenarios)",
    ),
    """What does it ask of its people? This is queueing arithmetic; nothing is simulated yet.""",
    (
        'load = sim.check(study).loads["base"]',
        "[(pool.pool, round(pool.utilisation, 2), pool.highest.site) for pool in load.pools]",
    ),
    """Now run it. Replications that are on disk already are not run again, and results are the same however
the study is run. Two replications keep this notebook quick; ten or more make the intervals useful.""",
    (
        'results = sim.run(study, "../results/notebook", replications=2)',
        'results.summary("base").headline[["metric", "scope", "value", "low", "high", "unit"]]',
    ),
    """Where do dossiers come out on time? Cells around the communes' centres, not official boundaries.""",
    ("sim.plots.map(results)",),
    """Where does their time go? The seven parts of every dossier add up exactly.""",
    ("sim.plots.why_late(results)",),
    """What would the alternatives change? Every alternative meets the same chance events as the base, so a
difference is the alternative's doing. The intervals hold for all numbers at once.""",
    (
        "comparison = sim.compare(results)",
        'comparison.sentences[["alternative", "verdict", "en"]]',
    ),
    ("sim.plots.differences(results)",),
    """The whole report, as the command line writes it:""",
    ("sim.write_report(results)",),
)


def notebook() -> nbformat.NotebookNode:
    """The notebook with fixed cell numbers, so that the same cells give the same file."""
    cells = [
        new_markdown_cell(cell) if isinstance(cell, str) else new_code_cell("\n".join(cell)) for cell in CELLS
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:02d}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def main() -> None:
    """Write the notebook."""
    NOTEBOOK.parent.mkdir(exist_ok=True)
    NOTEBOOK.write_text(nbformat.writes(notebook()) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
