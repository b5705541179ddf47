"""Which sites something is about: `where:`."""

from typing import Literal

from pydantic import Field

from sim.scenario.schema.base import Level, Model

CommuneKind = Literal["ward", "commune", "special_zone"]


class Selection(Model):
    """Sites chosen by level, kind, labels and names; every condition given must hold; empty is everything."""

    levels: tuple[Level, ...] = Field((), description="Sites of one of these levels.")
    kinds: tuple[CommuneKind, ...] = Field((), description="Communes of one of these kinds.")
    labels: tuple[str, ...] = Field((), description="Sites that carry all of these labels.")
    any_label: tuple[str, ...] = Field((), description="Sites that carry at least one of these labels.")
    provinces: tuple[str, ...] = Field(
        (), description="Sites in one of these provinces; names with or without diacritics."
    )
    names: tuple[str, ...] = Field(
        (), description="Sites with one of these names; diacritics may be left out."
    )
    excluding: "Selection | None" = Field(
        None, alias="not", description="Leaves out the sites of this second selection."
    )

    @property
    def is_everything(self) -> bool:
        """Whether no condition is given."""
        return self == Selection()
