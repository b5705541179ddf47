"""From what a planner names, a scenario file or a folder, to the results of a study."""

from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.output import Screen

if TYPE_CHECKING:
    from sim.study import Results


def find_results(target: Path, folder: Path | None, screen: Screen) -> "Results":
    """Results of a scenario file (in `folder`, or where they usually are), or in the folder that is named.

    A remark is made about results of another state of the scenario. Raises ScenarioError, ResultsError.
    """
    from sim import study as whole

    if target.is_dir():
        return whole.read(target)
    study = whole.load(target)
    results = whole.read(folder or whole.default_folder(study))
    stale = [name for name in results.alternatives if not whole.belongs_to(results, study, name)]
    if stale:
        command = f'haicap run "{target}"' + (f' --results "{folder}"' if folder else "") + " --fresh"
        screen.remark("cli.stale_results", names=", ".join(stale), folder=results.folder, command=command)
    return results
