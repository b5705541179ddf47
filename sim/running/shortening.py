"""A shorter form of a scenario, for checks that cannot wait for the whole."""

import datetime

from sim.scenario.schema.scenario import Scenario


def first_days(scenario: Scenario, days: int) -> Scenario:
    """The scenario as far as its first days go, without warm-up; itself when it is not longer."""
    period = scenario.period
    end = min(period.end, period.start + datetime.timedelta(days=days - 1))
    return scenario.model_copy(update={"period": period.model_copy(update={"end": end, "warm_up": 0})})
