"""Writes the notebooks from the cells below; outputs are left out.

python tools/make_notebook.py
"""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"

FIRST_STUDY = (
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


OWN_RULE = (
    """# A rule and an outage of your own

What the program does not know you can write yourself: a rule that sends mobile teams, and a process
that breaks things. Both are plain Python functions with a name; a scenario refers to the name. Nothing
in the package is changed, and nothing stays registered: the functions are handed to the one call that
needs them. What a function may see and do stands in `docs/extending.md`.

First a scenario that names what does not exist yet: the rule `most_people` in an alternative, and the
process `lightning`. All figures are made up for this example.""",
    (
        "%%writefile own_rule.yaml",
        "name: own_rule",
        "extends: haicap:two_level",
        "period: {start: 2025-07-01, end: 2025-07-31}",
        "seed: 7",
        "replications: 2",
        "territory: {provinces: [Quảng Ngãi], only: {kinds: [ward]}}",
        "support:",
        "  problems:",
        "    device:",
        "      rate: {per_post_and_year: 6}",
        "      effect: {pools: [reception], slower: 1.5}",
        "      on_site: {takes: {exponential: {mean: 2 h}}}",
        "      alone: {exponential: {mean: 3 days}}",
        "  teams:",
        "    mobile: {number: 1, people: 20, calendar: office}",
        "processes:",
        "  lightning: {where: {levels: [commune]}, parameters: {strikes_per_day: 0.5, mean_hours: 4}}",
        "alternatives:",
        "  people_first:",
        "    patch: {support: {teams: {mobile: {dispatch: most_people}}}}",
    ),
    """A dispatch rule is a function of a free team, the tickets that wait for it, and a view of the run. It
returns one of the tickets, or None to leave the team where it is.""",
    (
        "def most_people(team, tickets, view):",
        "    return max(tickets, key=view.inhabitants)",
    ),
    """A process is a generator: it yields what it waits for. Its random numbers have a name and a number, so
that every alternative meets the same strikes.""",
    (
        "def lightning(env, steering, parameters):",
        '    strike, between_hours = 0, 24 / parameters["strikes_per_day"]',
        "    while True:",
        '        yield steering.wait(hours=steering.exponential(between_hours, "between", strike))',
        '        place = int(steering.uniform("place", strike) * len(steering.sites))',
        '        struck = steering.components("commune_line", "power", sites=[steering.sites[place]])',
        "        outages = steering.take_down(struck)",
        '        yield steering.wait(hours=steering.exponential(parameters["mean_hours"], "repair", strike))',
        "        steering.bring_back(outages)",
        "        strike += 1",
    ),
    """Hand both to the run. Functions of a notebook cannot be sent to other processes, so everything is run
in this one. The results note a hash of each function: with another function under the same name they are
not taken for these.""",
    (
        "import sim",
        "",
        'own = sim.Extensions(dispatch={"most_people": most_people}, processes={"lightning": lightning})',
        'results = sim.run("own_rule.yaml", "../results/own_rule", extensions=own)',
        'sim.compare(results).sentences[["alternative", "verdict", "en"]]',
    ),
    """What the lightning hit, and where the team went:""",
    (
        'records = results.records.alternatives["people_first"]',
        'outages = records.table("outages", 0)',
        'outages[outages["cause"] == "lightning"].head()',
    ),
    ('records.table("trips", 0).head()',),
    """Is the process sound? The second engine plays the same days and must agree in every step of every
dossier.""",
    ('sim.verify("own_rule.yaml", days=4, extensions=own)[0].outcome',),
)

NOTEBOOKS = {"01_first_study.ipynb": FIRST_STUDY, "02_your_own_rule.ipynb": OWN_RULE}


def notebook(name: str) -> nbformat.NotebookNode:
    """A notebook with fixed cell numbers, so that the same cells give the same file."""
    cells = [
        new_markdown_cell(cell) if isinstance(cell, str) else new_code_cell("\n".join(cell))
        for cell in NOTEBOOKS[name]
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:02d}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def main() -> None:
    """Write the notebooks."""
    FOLDER.mkdir(exist_ok=True)
    for name in NOTEBOOKS:
        (FOLDER / name).write_text(nbformat.writes(notebook(name)) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
