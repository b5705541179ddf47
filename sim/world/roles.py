"""The kinds of pools of a world, by number: those of the scenario, then their overtime."""

from sim.scenario.schema import Calendar, Overtime, Scenario

OVERTIME = "_overtime"


def role_names(scenario: Scenario) -> tuple[str, ...]:
    """Names of all kinds of pools; the place of a name is its number."""
    return (*scenario.pools, *(name + OVERTIME for name in overtime_by_pool(scenario)))


def overtime_by_pool(scenario: Scenario) -> dict[str, Overtime]:
    """The overtime of the pools that have any, by name of the pool."""
    return {name: pool.overtime for name, pool in scenario.pools.items() if pool.overtime is not None}


def overtime_calendars(scenario: Scenario) -> dict[str, Calendar]:
    """The hours of overtime, under the names of its pools."""
    return {
        name + OVERTIME: Calendar(weekly={overtime.weekdays: overtime.hours})
        for name, overtime in overtime_by_pool(scenario).items()
    }
