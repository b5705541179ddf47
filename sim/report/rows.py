"""Rows of a table by column name."""

from __future__ import annotations

from typing import Any

from pandas import DataFrame


def rows_of(table: DataFrame) -> list[Any]:
    """The rows in order, each with its columns as attributes; pandas knows no types for them."""
    return list(table.itertuples(index=False))
