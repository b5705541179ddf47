"""What can go wrong with results, each with the key of a sentence for planners."""

from collections.abc import Mapping


class ResultsError(Exception):
    """Results cannot be read or written.

    `key` names a text in sim.messages, `values` fill its places; str() gives both for the developer.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: Mapping[str, object] = values
        super().__init__(f"{key}: " + ", ".join(f"{name}={value}" for name, value in values.items()))


class OtherStudyError(ResultsError):
    """The folder holds results of another scenario, or something that is not Haicap's."""


class ConservationError(Exception):
    """A replication broke a law that every replication must keep; `check` names the law."""

    def __init__(self, check: str, detail: str) -> None:
        self.check = check
        super().__init__(f"{check}: {detail}")

    def __reduce__(self) -> tuple[type["ConservationError"], tuple[str, str]]:
        return type(self), (self.check, str(self).removeprefix(f"{self.check}: "))
