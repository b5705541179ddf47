"""One run at a time works in a results folder."""

import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from sim.record.errors import OtherStudyError
from sim.record.files import writing_to

CLAIM = ".running.json"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keeps other runs out of a folder for the time of the block; makes the folder if need be.

    The claim of a process that was killed does not count. Raises OtherStudyError when another run is at
    work, ResultsError when the folder cannot be written.
    """
    claim = folder / CLAIM
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        holder = _holder(claim)
        if holder is not None and _is_alive(holder):
            raise OtherStudyError("results.in_use", path=folder, process=holder["process"], file=claim)
        claim.unlink(missing_ok=True)
        _take(claim, folder)
    try:
        yield
    finally:
        with suppress(OSError):
            claim.unlink(missing_ok=True)


def _take(claim: Path, folder: Path) -> None:
    try:
        with claim.open("x", encoding="utf-8") as file:
            json.dump(_own_mark(), file)
    except FileExistsError:
        raise OtherStudyError("results.in_use", path=folder, process="?", file=claim) from None


def _own_mark() -> dict[str, Any]:
    process = psutil.Process()
    return {"process": os.getpid(), "started": process.create_time(), "computer": platform.node()}


def _holder(claim: Path) -> Mapping[str, Any] | None:
    try:
        mark = json.loads(claim.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark if isinstance(mark, dict) and {"process", "started", "computer"} <= mark.keys() else None


def _is_alive(holder: Mapping[str, Any]) -> bool:
    if holder["computer"] != platform.node():
        return True
    try:
        return bool(psutil.Process(holder["process"]).create_time() == holder["started"])
    except psutil.Error:
        return False
