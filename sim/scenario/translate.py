"""From the words of the validation library to plain words with file and line."""

import types
import typing
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.scenario.errors import Mistake, PathInScenario, Place, at_place, did_you_mean, known_words
from sim.scenario.schema.base import REFUSAL, Fault, quoted
from sim.scenario.schema.scenario import Scenario

_EXPECTED: Final = {
    "greater_than_equal": "at least {ge:g}",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "at most {le:g}",
    "less_than": "less than {lt:g}",
    "string_type": "a text",
    "string_too_long": "a text of at most {max_length} characters",
    "dict_type": "key: value pairs",
    "model_type": "key: value pairs",
    "model_attributes_type": "key: value pairs",
    "tuple_type": "a list",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}

_VIETNAMESE: Final = {
    "phường": "ward",
    "phuong": "ward",
    "xã": "commune",
    "xa": "commune",
    "đặc khu": "special_zone",
    "dac khu": "special_zone",
    "thị trấn": "township",
    "thi tran": "township",
    "huyện": "district",
    "huyen": "district",
    "tỉnh": "province",
    "tinh": "province",
    "trung ương": "centre",
    "trung uong": "centre",
}

Places = dict[PathInScenario, Place]


def mistakes_of(error: ValidationError, data: Any, places: Places) -> Iterator[Mistake]:
    """The mistakes in a validation error about `data`; `places` says where it was written."""
    for detail in error.errors(include_url=False):
        path = written_path(detail["loc"], data, is_missing=detail["type"] == "missing")
        for fault in _faults(detail):
            yield _placed(fault, path, places)


def _placed(fault: Fault, path: PathInScenario, places: Places) -> Mistake:
    if fault.file:
        return Mistake(fault.file, fault.line, 1, "", fault.found, fault.expected, fault.suggestion)
    full = (*path, *fault.at)
    return at_place(place_of(full, places), full, fault.found, fault.expected, fault.suggestion)


def place_of(path: PathInScenario, places: Places) -> Place:
    """Where a value, or else the nearest part around it, is written."""
    for length in range(len(path), -1, -1):
        if path[:length] in places:
            return places[path[:length]]
    return Place("scenario", 0, 0)


def written_path(location: PathInScenario, data: Any, is_missing: bool = False) -> PathInScenario:
    """The path of a location as far as it is written in the data.

    Models turn short forms into longer ones, so a location may hold parts that nobody wrote: those are passed
    over, and a number at a mapping means its entry with that number."""
    path: list[str | int] = []
    for part in location:
        if isinstance(data, dict):
            if isinstance(part, int) and part < len(data):
                part = list(data)[part]
            if part not in data:
                continue
        elif not (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            continue
        path.append(part)
        data = data[part]
    if is_missing and isinstance(data, dict) and location:
        path.append(location[-1])
    return tuple(path)


def _faults(detail: Any) -> tuple[Fault, ...]:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == REFUSAL:
        faults: tuple[Fault, ...] = context["faults"]
        return faults
    if kind == "extra_forbidden":
        return (_unknown_key(detail["loc"], value),)
    if kind == "missing":
        return (Fault("this key is missing", _description(detail["loc"])),)
    if kind == "literal_error":
        return (_unknown_word(value, detail["loc"]),)
    expected = _EXPECTED.get(kind)
    if expected is None:
        return (Fault(f"found {quoted(value)}", str(detail["msg"])),)
    return (Fault(f"found {quoted(value)}", expected.format(**context), _mend(kind, value)),)


def _mend(kind: str, value: Any) -> str:
    if kind == "tuple_type" and isinstance(value, (str, int, float)):
        return f"write [{value}]"
    if kind == "string_type" and isinstance(value, (int, float)):
        return f'write "{value}" in quotes'
    return ""


def _unknown_key(location: PathInScenario, value: Any) -> Fault:
    model = _model_at(location[:-1])
    known = [field.alias or name for name, field in model.model_fields.items()] if model else []
    expected = "one of " + known_words(known) if known else ""
    near = did_you_mean(str(location[-1]), known)
    if value is None and not near:
        point = "write decimal numbers with a point; " if str(location[-1])[:1].isdigit() else ""
        return Fault(
            f"unknown key {quoted(location[-1])}", expected, f"{point}put a text with a comma in quotes"
        )
    return Fault("unknown key", "" if near else expected, near)


def _unknown_word(value: Any, location: PathInScenario) -> Fault:
    words = [str(word) for word in get_args(_bare(_annotation_at(location)))]
    meant = _VIETNAMESE.get(unicodedata.normalize("NFC", str(value)).casefold(), "")
    mend = f'write "{meant}"' if meant in words else did_you_mean(str(value), words)
    return Fault(f"found {quoted(value)}", "one of " + ", ".join(words), mend)


def _description(location: PathInScenario) -> str:
    model = _model_at(location[:-1])
    field = model.model_fields.get(str(location[-1])) if model else None
    if model is not None and field is None:
        field = next((f for f in model.model_fields.values() if f.alias == location[-1]), None)
    text = (field.description or "") if field else ""
    return text[:1].lower() + text[1:].rstrip(".").split(". ")[0] if text else "it"


def _model_at(location: PathInScenario) -> type[BaseModel] | None:
    annotation = _bare(_annotation_at(location))
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _annotation_at(location: PathInScenario) -> Any:
    """The declared type at a location of the scenario model; None where there is none."""
    is_key = location[-1:] == ("[key]",)
    annotation: Any = Scenario
    for part in location[:-2] if is_key else location:
        annotation = _inside(_bare(annotation), part)
    return next(iter(get_args(_bare(annotation))), None) if is_key else annotation


def _inside(annotation: Any, part: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        named = {field.alias or name: field.annotation for name, field in fields.items()}
        return named.get(str(part))
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None


def _bare(annotation: Any) -> Any:
    """A type without `Annotated` and without `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (types.UnionType, typing.Union):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation
