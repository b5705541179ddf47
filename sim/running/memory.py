"""How much memory a process needed."""

import platform
from pathlib import Path

import psutil

BYTES_PER_MB = 1_000_000


def peak_memory_mb() -> float:
    """Most memory that this process had in use so far, MB; what it has now where the system does not tell."""
    if platform.system() == "Linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return round(int(kilobytes) * 1024 / BYTES_PER_MB, 1)
    memory = psutil.Process().memory_info()
    peak_bytes: int = getattr(memory, "peak_wset", memory.rss)
    return round(peak_bytes / BYTES_PER_MB, 1)
