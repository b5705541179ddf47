"""The rules of the house: which room may use what, and how large things may grow."""

import ast
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE_LINES = 600
LONGEST_FUNCTION_LINES = 60
LARGEST_MEDIAN_FUNCTION_LINES = 14

# Library -> the modules of sim that may import it.
LIBRARY_HOMES = {
    "ruamel": ("sim.scenario",),
    "networkx": ("sim.world", "sim.engine.reference", "sim.engine.reference_network"),
    "simpy": ("sim.engine", "sim.control"),
    "numba": ("sim.engine",),
    "matplotlib": ("sim.report",),
    "jinja2": ("sim.report",),
}

# Put together from pieces, so that this file passes its own test.
NAMES_KEPT_OUT = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "anaconda" + ".org",
    "/wor" + "k/",
    "/tm" + "p/",
    "/roo" + "t/",
    "/opt/" + "pypi",
]
UNFINISHED_MARKS = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "NotImplemented" + "Error"]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file under version control that exists in the working tree."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in listing.stdout.decode("utf-8").split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(path: Path) -> Iterator[str]:
    """Absolute names of all modules that a file imports, wherever in the file."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def function_lengths(*folders: str) -> dict[str, int]:
    lengths = {}
    for path in python_files(*folders):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}"
                lengths[place] = (node.end_lineno or node.lineno) - node.lineno + 1
    return lengths


def test_import_contracts_hold() -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    outcome = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_room_of_the_package_stands_in_the_layer_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    listed = {name.strip(" ()") for layer in layers for name in layer.replace("|", ":").split(":")}
    rooms = {path.stem for path in (ROOT / "sim").glob("*.py") if path.stem not in {"__init__", "__main__"}}
    rooms |= {path.parent.name for path in (ROOT / "sim").glob("*/__init__.py")}
    assert rooms <= listed, f"not in the layer contract: {sorted(rooms - listed)}"


@pytest.mark.parametrize("library", LIBRARY_HOMES)
def test_library_is_imported_only_in_its_home(library: str) -> None:
    homes = LIBRARY_HOMES[library]
    strangers = [
        module_name(path)
        for path in python_files("sim")
        if any(is_inside(name, library) for name in imported_names(path))
        and not any(is_inside(module_name(path), home) for home in homes)
    ]
    assert not strangers, f"{library} belongs in {homes}, but these import it: {strangers}"


def test_kernel_imports_nothing_of_the_package_but_the_arrays() -> None:
    files = (ROOT / "sim/engine/kernel").glob("*.py")
    names = {name for path in files for name in imported_names(path) if is_inside(name, "sim")}
    assert {name for name in names if not is_inside(name, "sim.engine.kernel")} <= {"sim.world.arrays"}


def test_importing_the_package_stays_light() -> None:
    command = (
        "import sys, sim; print([m for m in ('numba', 'matplotlib', 'pandas', 'scipy') if m in sys.modules])"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert outcome.stdout.strip() == "[]"


def test_no_machine_path_or_registry_host_is_tracked() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in tracked_files()
        for name in NAMES_KEPT_OUT
        if name.encode() in path.read_bytes()
    ]
    assert not found


def test_nothing_in_the_code_is_marked_unfinished() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {mark}"
        for path in python_files("sim", "tests", "benchmarks", "scripts")
        for mark in UNFINISHED_MARKS
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_no_code_file_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("sim", "tests", "benchmarks", "scripts")
    }
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES}


def test_no_function_is_too_long() -> None:
    lengths = function_lengths("sim", "tests", "benchmarks", "scripts")
    assert not {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION_LINES}


def test_functions_are_short_as_a_habit() -> None:
    assert statistics.median(function_lengths("sim").values()) <= LARGEST_MEDIAN_FUNCTION_LINES


def test_text_files_are_opened_with_an_encoding() -> None:
    found = []
    for path in python_files("sim", "benchmarks", "scripts"):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                keywords = {keyword.arg for keyword in node.keywords}
                if node.func.attr in {"read_text", "write_text"} and "encoding" not in keywords:
                    found.append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    assert not found, "Windows reads and writes another encoding unless told"


def test_changelog_names_the_version_in_the_package_settings() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"## {settings['project']['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_pin_is_a_name_and_a_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split(";")[0].strip() for line in lines if not line.startswith("#")]
    assert pins
    assert all("==" in pin and "/" not in pin and "@" not in pin for pin in pins)


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    names = {name.split(">=")[0].split("[")[0].lower() for name in wanted}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    pinned = {line.split("==")[0].replace("_", "-") for line in lines}
    assert names <= pinned, f"not pinned: {sorted(names - pinned)}"
