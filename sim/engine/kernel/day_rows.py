"""The counts of a day leave the tally when the day ends."""

from sim.engine.kernel.compiled import compiled


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
