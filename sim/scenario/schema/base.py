"""What all models of the scenario language share: frozen, strict about keys, plain about mistakes."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

REFUSAL = "haicap"
"""Error type of a refusal written by this package; its context holds `faults`, a tuple of `Fault`."""

NAME_PATTERN = "^[a-z0-9_]{1,40}$"

MEND_OF_MERGED: Final = "if it is laid over another one, write !replace after its key"
"""Mappings merge; two that exclude each other are most often one that should have replaced the other."""

Level = Literal["old_seat", "commune", "district", "province", "centre"]
"""Of a site. A two-level territory has no districts; old seats, former communes, stand below a commune."""


class Model(BaseModel):
    """A part of a scenario: immutable, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(NamedTuple):
    """One mistake in plain words: what was found, what would be right, and how to mend it.

    `at` leads from the value that was being checked to the mistake; `file` and `line` say where it is when
    that is not the scenario file (a row of a table)."""

    found: str
    expected: str = ""
    suggestion: str = ""
    at: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 0


def refusal(found: str, expected: str = "", suggestion: str = "") -> PydanticCustomError:
    """An error about the value that is being checked."""
    return refusals([Fault(found, expected, suggestion)])


def refusals(faults: Iterable[Fault]) -> PydanticCustomError:
    """One error that carries several mistakes."""
    faults = tuple(faults)
    return PydanticCustomError(REFUSAL, "{summary}", {"summary": faults[0].found, "faults": faults})


def quoted(value: object) -> str:
    """A value as a message shows it, cut to a readable length."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif value is None:
        text = "nothing"
    elif isinstance(value, dict):
        text = "key: value pairs"
    elif isinstance(value, (list, tuple)):
        text = "a list"
    else:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def with_decimal_point(value: object) -> str:
    """A text with its decimal comma, as Vietnamese is written, made a point; empty when there is none."""
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?[0-9]+,[0-9]+[^,]*", value.strip()):
        return ""
    return value.strip().replace(",", ".")


def _is_decimal(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+\.[0-9]+", text) is not None


def require_exactly_one(model: BaseModel, names: Iterable[str]) -> None:
    """Refuse a model in which none, or more than one, of the named fields is given."""
    names = tuple(names)
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        found = "found " + " and ".join(given) if given else "none is given"
        raise refusal(found, "exactly one of " + ", ".join(names), MEND_OF_MERGED if given else "")


def _whole_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise refusal(f"found {quoted(value)}", "a whole number such as 3")
    return int(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        mend = with_decimal_point(value)
        raise refusal(
            f"found {quoted(value)}", "a number such as 1.5", f"write {mend}" if _is_decimal(mend) else ""
        )
    return float(value)


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise refusal(f"found {quoted(value)}", "true or false")
    return value


def _is_name(value: str) -> str:
    if not value or len(value) > 40 or not all(c in "abcdefghijklmnopqrstuvwxyz0123456789_" for c in value):
        raise refusal(
            f"{quoted(value)} is not a name", "1 to 40 characters of a-z, 0-9 and _", name_suggestion(value)
        )
    return value


def name_suggestion(value: str) -> str:
    """A legal name close to what was written, as a suggestion; empty when there is none."""
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in value.lower()).strip("_")[:40]
    return f'write "{kept}"' if kept and kept != value else ""


Whole = Annotated[int, BeforeValidator(_whole_number)]
"""A whole number; text and true/false are refused."""

Number = Annotated[float, BeforeValidator(_number)]
"""A number without unit; text and true/false are refused."""

Flag = Annotated[bool, BeforeValidator(_flag)]

Name = Annotated[
    str,
    AfterValidator(_is_name),
    WithJsonSchema({"type": "string", "pattern": NAME_PATTERN, "title": "Name"}),
]
"""The key under which a pool, calendar, step... is known inside the scenario."""
