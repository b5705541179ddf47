"""Editor schema and reference page of the scenario language, generated from its models.

`python -m sim.scenario.reference --write docs` writes both."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sim.scenario.merge import NOT_INHERITED
from sim.scenario.reader import SAME_FOR_ALL
from sim.scenario.schema.scenario import Scenario
from sim.scenario.schema.units import BITS_PER_S, BYTES, MS_PER_UNIT, VND

SCHEMA_FILE: Final = "scenario.schema.json"
PAGE_FILE: Final = "scenario-reference.md"

Schema = dict[str, Any]

_INTRODUCTION: Final = """\
# Scenario files: reference

This page is generated from the models in `sim/scenario/schema` (`make schema`); do not edit it by hand.

A scenario file is YAML 1.2 in UTF-8. Unknown keys are mistakes everywhere. `haicap check FILE` tells all
mistakes at once, each with its line. An editor that knows YAML schemas completes keys and explains them when
the file begins with this line:

```yaml
# yaml-language-server: $schema=../docs/scenario.schema.json
```

## Units

| quantity | written as | known units |
|---|---|---|
| duration | `15 min`, `1 h 30 min` | {durations} (a day is 24 hours) |
| working days | `15 working days` | days of `official_calendar` |
| share | `80 %` or `0.8` | |
| bandwidth | `200 Mbps` | {bandwidths} |
| size | `5 MB` | {sizes} (1 MB is 1,000,000 bytes) |
| money | `12 million VND` | {monies} |
| date, time | `2025-07-01`, `2025-07-03 08:00`, `"15:00"` | local time (UTC+7) |

A number without its unit is refused, except where the table below says number.

## What goes before what

1. `extends` names a scenario that comes with the program (`haicap:two_level`) or a file of the same folder.
   The file is laid over it; {not_inherited} are not taken over.
2. The patch of an alternative is laid over the file.
3. The steps of a procedure are laid over those of its `workflow`.

Laying over: mappings merge key by key; lists and single values replace; `!replace` before a mapping makes it
replace too, as in `outages: !replace {{}}`. New keys come after those that were there. A patch cannot hold
{same_for_all}: alternatives are compared day by day and site by site on the same random numbers.

Names of files (`extends`, `csv`, `population_csv`) lead to files inside the folder of the scenario; those of
tables are counted from that folder. Tables are CSV with commas or semicolons, UTF-8, names of
columns in the first line.

"""


def json_schema() -> Schema:
    """The JSON schema of scenario files, for completion in editors.

    Only `name` is required: everything else may come from the scenario that a file extends."""
    schema = _without(Scenario.model_json_schema(by_alias=True), "required", "default")
    properties = schema["properties"]
    properties["extends"] = {
        "description": "Scenario that this one is laid over: haicap:two_level, or a file of the folder.",
        "type": "string",
    }
    patch = schema["$defs"]["Alternative"]["properties"]["patch"]
    patch["properties"] = {key: part for key, part in properties.items() if key not in SAME_FOR_ALL}
    patch["additionalProperties"] = False
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Haicap scenario"}
    return {**head, **{key: part for key, part in schema.items() if key != "title"}, "required": ["name"]}


def _without(schema: Any, *keywords: str) -> Any:
    """The schema without some keywords; things of the scenario that have such a name stay."""
    if isinstance(schema, list):
        return [_without(part, *keywords) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without(inner, *keywords) for name, inner in part.items()}
        if key in ("properties", "$defs", "patternProperties")
        else _without(part, *keywords)
        for key, part in schema.items()
        if key not in keywords
    }


def reference_markdown() -> str:
    """The reference page: every model with its keys, what they hold, defaults and meaning."""
    schema = Scenario.model_json_schema(by_alias=True)
    schema = _with_short_forms(schema, schema["$defs"])
    definitions: dict[str, Schema] = schema["$defs"]
    page = _INTRODUCTION.format(
        durations=", ".join(MS_PER_UNIT),
        bandwidths=", ".join(BITS_PER_S),
        sizes=", ".join(BYTES),
        monies=", ".join(VND),
        not_inherited=_listed(NOT_INHERITED),
        same_for_all=_listed(SAME_FOR_ALL),
    )
    sections = [_section("Scenario", schema)]
    sections += [_section(name, definitions[name]) for name in _in_order_of_use(schema, definitions)]
    return page + "\n".join(sections)


def _with_short_forms(schema: Any, definitions: dict[str, Schema]) -> Any:
    """The schema with references to definitions without keys of their own replaced by what they say."""
    if isinstance(schema, list):
        return [_with_short_forms(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else ""
    if name and not _properties(definitions[name]):
        return definitions[name]
    return {key: _with_short_forms(part, definitions) for key, part in schema.items()}


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _in_order_of_use(schema: Schema, definitions: dict[str, Schema]) -> list[str]:
    """Names of the definitions with keys of their own, each after the one that first uses it."""
    found: list[str] = []
    ahead = list(_references(schema["properties"]))
    while ahead:
        name = ahead.pop(0)
        if name not in found:
            found.append(name)
            ahead[:0] = [n for n in _references(definitions[name]) if n not in found]
    return [name for name in found if _properties(definitions[name])]


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rsplit("/", 1)[-1]
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _object(schema: Schema) -> Schema:
    """The part of a definition that describes a mapping with keys; empty when there is none."""
    candidates = [schema, *schema.get("anyOf", ())]
    return next((part for part in candidates if "properties" in part), {})


def _properties(schema: Schema) -> dict[str, Schema]:
    properties: dict[str, Schema] = _object(schema).get("properties", {})
    return properties


def _section(name: str, schema: Schema) -> str:
    required = _object(schema).get("required", ())
    lines = [f"## {name}", "", _object(schema).get("description", "").replace("\n", " "), ""]
    lines += ["| key | holds | default | meaning |", "|---|---|---|---|"]
    for key, part in _properties(schema).items():
        default = "**required**" if key in required else _default(part)
        cells = (f"`{key}`", _words(part), default, part.get("description", ""))
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _words(schema: Schema) -> str:
    """What a value may be, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    if "examples" in schema:
        return f"{schema.get('title', 'text')}, such as `{schema['examples'][0]}`"
    if "anyOf" in schema:
        return " or ".join(_words(part) for part in schema["anyOf"] if part.get("type") != "null")
    return _words_of_type(schema)


def _words_of_type(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_words(schema.get('items', {}))}"
    if kind == "object":
        inside = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
        keys = _words(schema["propertyNames"]) if "propertyNames" in schema else "name"
        return f"mapping: {keys} → {_words(inside)}" if isinstance(inside, dict) else "mapping"
    if schema.get("pattern"):
        return "name"
    words = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
    return words.get(str(kind), "anything") + _limits(schema)


def _limits(schema: Schema) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [f"{sign} {schema[key]:,}" for key, sign in signs.items() if key in schema]
    return f" ({', '.join(limits)})" if limits else ""


def _default(schema: Schema) -> str:
    """The default as it would be written."""
    value = schema.get("default")
    if value is None or value in ([], {}) or isinstance(value, (list, dict)):
        return ""
    title = schema.get("title", "")
    if title.startswith(("share", "confidence", "ratio", "growth")):
        return f"`{value:.0%}`".replace("%", " %")
    units = {"duration": "ms", "size": "B", "money": "VND", "working days": "working days"}
    unit = f" {units[title]}" if title in units else ""
    text = (
        str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
    )
    return f"`{text}{unit}`"


def write(folder: Path) -> tuple[Path, Path]:
    """Write schema and page into a folder; returns their paths."""
    schema_path, page_path = folder / SCHEMA_FILE, folder / PAGE_FILE
    folder.mkdir(parents=True, exist_ok=True)
    schema_path.write_text(schema_text(), encoding="utf-8", newline="\n")
    page_path.write_text(reference_markdown(), encoding="utf-8", newline="\n")
    return schema_path, page_path


def schema_text() -> str:
    """The JSON schema as the text of its file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both files into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Write editor schema and reference page of scenario files.")
    parser.add_argument("--write", metavar="FOLDER", type=Path, default=Path("docs"), help="default: docs")
    for path in write(parser.parse_args().write):
        print(path.as_posix())


if __name__ == "__main__":
    main()
