"""The counts of a day leave the tally when the day ends."""

from sim.engine.kernel.compiled import compiled
from sim.world.arrays import P_BUSY_MS, P_QUEUED_AT_MIDNIGHT, P_STARTED, P_WAIT_MS, P_WAITED


@compiled
def take_rows(table, cells, columns):
    """Moves the rows of a table that are not all zeros into columns, and leaves zeros; how many they are.

    ``table`` [rows, fields]; ``cells`` [rows] gets their numbers, ``columns`` [fields, rows] their values.
    """
    taken = 0
    for row in range(table.shape[0]):
        empty = True
        for field in range(table.shape[1]):
            if table[row, field] != 0:
                empty = False
                break
        if empty:
            continue
        cells[taken] = row
        for field in range(table.shape[1]):
            columns[field, taken] = table[row, field]
            table[row, field] = 0
        taken += 1
    return taken


@compiled
def take_pool_rows(pools, cells, columns):
    """The same for the counts of pools on the present day, POOL_FIELDS in order; ``cells`` [pools]."""
    taken = 0
    for p in range(pools.shape[0]):
        pool = pools[p]
        if pool["started"] | pool["wait_ms"] | pool["busy_ms"] | pool["queued_at_midnight"] == 0:
            continue
        cells[taken] = p
        columns[P_STARTED, taken] = pool["started"]
        columns[P_WAITED, taken] = pool["waited"]
        columns[P_WAIT_MS, taken] = pool["wait_ms"]
        columns[P_BUSY_MS, taken] = pool["busy_ms"]
        columns[P_QUEUED_AT_MIDNIGHT, taken] = pool["queued_at_midnight"]
        pool["started"], pool["waited"], pool["queued_at_midnight"] = 0, 0, 0
        pool["wait_ms"], pool["busy_ms"] = 0, 0
        taken += 1
    return taken
