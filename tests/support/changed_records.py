"""Records of an alternative with some tables changed on the way, for tests of odd cases."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from sim.record.store import AlternativeRecords

Change = Callable[[str, pd.DataFrame], pd.DataFrame]


class ChangedRecords:
    """Behaves like the records it is made from, but every table goes through ``change(name, table)``."""

    def __init__(self, records: AlternativeRecords, change: Change) -> None:
        self._records = records
        self._change = change

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._records, name)
        return self._change(name, value) if isinstance(value, pd.DataFrame) else value

    def table(self, name: str, replication: int, columns: Iterable[str] | None = None) -> pd.DataFrame:
        table = self._change(name, self._records.table(name, replication))
        return table if columns is None else table[list(columns)]

    def pieces(
        self, name: str, replication: int, columns: Iterable[str] | None = None
    ) -> Iterator[pd.DataFrame]:
        yield self.table(name, replication, columns)
