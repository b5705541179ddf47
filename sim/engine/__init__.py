"""Time passes here: the compiled flow under SimPy control, and the naive engine that judges it.

The compiled code is cached in a folder of its own for every state of the sources it was made from, because
Numba notices edits only of the file that defines a function.
"""

import hashlib
import os
import sys
from pathlib import Path

import platformdirs

_WORLD = Path(__file__).parents[1] / "world"
_SOURCES = (*Path(__file__).parent.rglob("*.py"), _WORLD / "arrays.py", _WORLD / "cache_lines.py")


def compiled_code_folder() -> Path:
    """Folder of the compiled code for the present sources."""
    digest = hashlib.blake2b(digest_size=8)
    for source in sorted(_SOURCES):
        digest.update(source.read_bytes())
    return Path(platformdirs.user_cache_dir("haicap", appauthor=False)) / f"compiled-{digest.hexdigest()}"


def _use_own_cache_folder() -> None:
    folder = str(compiled_code_folder())
    os.environ.setdefault("NUMBA_CACHE_DIR", folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


_use_own_cache_folder()
