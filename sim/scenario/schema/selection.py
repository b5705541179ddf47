"""Which sites something is about: `where:`."""

from typing import Literal

from pydantic import Field

from sim.scenario.schema.base import Level, Model

CommuneKind = Literal["ward", "commune", "special_zone", "township"]


class Selection(Model):
    """Sites chosen by level, kind, labels and names; every condition given must hold; empty is everything."""

    levels: tuple[Level, ...] = Field((), description="Sites of one of these levels.")
    kinds: tuple[CommuneKind, ...] = Field(
        (), description="Communes, or former communes, of one of these kinds; only former ones are townships."
    )
    labels: tuple[str, ...] = Field((), description="Sites that carry all of these labels.")
    any_label: tuple[str, ...] = Field((), description="Sites that carry at least one of these labels.")
    provinces: tuple[str, ...] = Field(
        (), description="Sites in one of these provinces; names with or without diacritics."
    )
    communes: tuple[str, ...] = Field(
        (),
        description="What lies in one of these present communes: the commune itself, its old seats, or the "
        "communes that it was made from.",
    )
    names: tuple[str, ...] = Field(
        (),
        description="Sites with one of these names; diacritics may be left out. Where a commune and one of "
        "its old seats have the same name, the commune is meant unless `levels` says otherwise.",
    )
    excluding: "Selection | None" = Field(
        None, alias="not", description="Leaves out the sites of this second selection."
    )

    @property
    def is_everything(self) -> bool:
        """Whether no condition is given."""
        return self == Selection()
