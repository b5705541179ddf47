"""Files that are there whole or not at all."""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sim.record.errors import ResultsError

PARTIAL = ".partial-"
"""Mark in the names of files and folders that are being written."""

FULL_DISK = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
WINDOWS_DISK_FULL = 112

CONTENTS = "contents.json"
"""In a folder written by `write_folder`: size and BLAKE2b of each of its files."""


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turns an error of the operating system into a `ResultsError` that names the path."""
    try:
        yield
    except OSError as error:
        if isinstance(error, PermissionError):
            key = "results.not_permitted"
        elif error.errno in FULL_DISK or getattr(error, "winerror", None) == WINDOWS_DISK_FULL:
            key = "results.disk_full"
        else:
            key = "results.not_writable"
        raise ResultsError(key, path=path, reason=error.strerror or error) from error


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a new folder: first under another name, which is then changed.

    Nothing waits for the disk: what is lost with the power is found by `is_intact`. A folder of that name
    that is there already stays as it is. Raises ResultsError; then nothing is left.
    """
    partial = folder.with_name(f"{PARTIAL}{folder.name}")
    with writing_to(folder):
        try:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            for name, content in files.items():
                (partial / name).write_bytes(content)
            (partial / CONTENTS).write_bytes(json_bytes({name: _print_of(files[name]) for name in files}))
            if not folder.exists():
                partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def is_intact(folder: Path) -> bool:
    """Whether every file that `write_folder` wrote is there, byte for byte."""
    try:
        contents = read_json(folder / CONTENTS)
        return all(_print_of((folder / name).read_bytes()) == contents[name] for name in contents)
    except (OSError, ValueError, TypeError, AttributeError):
        return False


def write_file(path: Path, content: bytes) -> None:
    """Write or replace one file: first under another name, on the disk, then renamed. Raises ResultsError."""
    partial = path.with_name(f"{PARTIAL}{path.name}")
    with writing_to(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_flushed(partial, content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted run left half written directly in a folder."""
    for leftover in folder.glob(f"{PARTIAL}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def json_bytes(value: Any) -> bytes:
    """Readable JSON in UTF-8, the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read_json(path: Path) -> Any:
    """The value in a JSON file; OSError or ValueError when it cannot be read."""
    return json.loads(path.read_text(encoding="utf-8"))


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _print_of(content: bytes) -> list[object]:
    return [len(content), blake2b(content, digest_size=16).hexdigest()]
