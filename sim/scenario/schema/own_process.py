"""Processes of one's own: what a researcher wrote in Python and registered by name."""

from pydantic import Field, JsonValue

from sim.scenario.schema.base import Name
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled


class OwnProcess(Titled):
    """A process that is not part of the program: a new kind of outage, or help of a new kind."""

    process: Name | None = Field(
        None,
        description="Name under which the function was registered with `sim.Extensions`; that of this entry "
        "when left out. One function may serve several entries.",
    )
    where: Selection = Field(Selection(), description="Sites that it is about; all when left out.")
    parameters: dict[Name, JsonValue] = Field(
        {}, description="What the function is handed, as it stands here; units belong into the names."
    )

    def function_for(self, name: str) -> str:
        """Name of the function of the entry with this name."""
        return self.process or name
