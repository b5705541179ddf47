"""Options of `haicap run` alone."""

from enum import StrEnum
from typing import Annotated

import typer


class EngineName(StrEnum):
    """Which engine runs."""

    compiled = "compiled"
    reference = "reference"


class ExecutorName(StrEnum):
    """Where replications run."""

    processes = "processes"
    dask = "dask"


Replications = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="Replications. (default: as the scenario says)")
]

Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Processes; 1 stays in this one. (default: cores)")
]

EngineOption = Annotated[
    EngineName, typer.Option(help="The reference engine gives the same results, slowly.")
]

Fresh = Annotated[bool, typer.Option("--fresh", help="Remove earlier results of this study first.")]

ExecutorOption = Annotated[ExecutorName, typer.Option(help="Processes of this machine, or a Dask cluster.")]

Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="With --executor dask: tcp://host:port.")
]

NoReport = Annotated[bool, typer.Option("--no-report", help="Leave figures and report out.")]

Log = Annotated[bool, typer.Option("--log", help="Also keep every step of every dossier.")]

Profile = Annotated[bool, typer.Option("--profile", help="Show where the time went.")]
