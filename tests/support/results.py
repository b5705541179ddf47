"""What of a results folder must be equal, bit for bit, however a study was run."""

from pathlib import Path


def equal_part(folder: Path) -> dict[str, bytes]:
    """All tables and totals of all replications, by path; what depends on the machine is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.glob("*/replications/[0-9]*/*"))
        if path.suffix == ".parquet" or path.name == "totals.json"
    }


def replication_count(folder: Path) -> int:
    """Replications that are there whole, of all alternatives."""
    return len(list(folder.glob("*/replications/[0-9]*")))
