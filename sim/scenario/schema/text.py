"""Words for people, in English and Vietnamese."""

from typing import Any, Final, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Model, quoted, refusal


class Text(Model):
    """Words shown to people: `{en: ..., vi: ...}`, or one plain text used for both languages."""

    en: str = Field(description="English", max_length=4000)
    vi: str = Field(description="Vietnamese", max_length=4000)

    @model_validator(mode="before")
    @classmethod
    def _plain_text_serves_both(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"en": data, "vi": data}
        if not isinstance(data, (dict, Text)):
            raise refusal(f"found {quoted(data)}", "a text, or {en: ..., vi: ...}")
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(schema))]}

    def in_language(self, language: Literal["en", "vi"]) -> str:
        """The words in one language."""
        return self.en if language == "en" else self.vi


class Titled(Model):
    """Something with a title; without one, its name in the scenario is shown."""

    title: Text = Field(
        default=Text(en="", vi=""), description="Title in tables and figures; the name when it is left out."
    )


def _titles_from_names(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: {"title": str(name).replace("_", " "), **entry}
        if isinstance(entry, dict) and "title" not in entry
        else entry
        for name, entry in value.items()
    }


named: Final = BeforeValidator(_titles_from_names)
"""On a mapping by name: an entry without a title gets its name as title."""


class Assumption(Model):
    """Something taken for true; every report shows it with its standing."""

    text: Text = Field(description="What is assumed.")
    status: Literal["assumption", "estimate", "measured"] = Field(
        description="`measured` only for what somebody measured; `estimate` for what was derived "
        "from figures; `assumption` for the rest."
    )
    source: str | None = Field(None, description="Where the figure comes from.", max_length=1000)
