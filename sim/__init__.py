"""Haicap: simulates a two-level administration, from scenario file to report.

    import sim

    study = sim.load("scenarios/quang_ngai.yaml")
    results = sim.run(study)
    print(results.summary("base").headline)
    print(sim.compare(results))
    sim.plots.map(results)

Everything here is loaded when first used, so that `import sim` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sim.plots as plots
    from sim.study import Extensions, Results, check, compare, load, read, run, verify, write_report

__version__ = "0.1.0"
__all__ = [
    "Extensions",
    "Results",
    "check",
    "compare",
    "load",
    "plots",
    "read",
    "run",
    "verify",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name == "plots":
        return import_module("sim.plots")
    if name in __all__:
        return getattr(import_module("sim.study"), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
