"""The quantile tables of a world: every distribution of the scenario once."""

import numpy as np

from sim.scenario.schema import (
    Constant,
    Data,
    Distribution,
    Erlang,
    Exponential,
    Gamma,
    Hyperexponential,
    Law,
    Lognormal,
    Scipy,
    ShareDistribution,
    Triangular,
    Uniform,
)
from sim.world import quantiles
from sim.world.arrays import TABLE_NODES, Floats


class Tables:
    """Collects quantile tables; equal distributions share one."""

    def __init__(self) -> None:
        self._number_of: dict[Distribution | ShareDistribution | tuple[str, float], int] = {}
        self._tables: list[Floats] = []

    def number_of(self, distribution: Distribution | ShareDistribution) -> int:
        """Number of the table of a distribution; durations are in ms."""
        if distribution not in self._number_of:
            self._number_of[distribution] = self._add(quantile_table(distribution))
        return self._number_of[distribution]

    def number_of_constant(self, value: float) -> int:
        """Number of the table that always draws this value."""
        return self.number_of_gamma_factor(value, 0.0)

    def number_of_gamma_factor(self, mean: float, cv: float) -> int:
        """Number of the table of a gamma distribution by mean and coefficient of variation."""
        key = (f"gamma {cv!r}", mean)
        if key not in self._number_of:
            self._number_of[key] = self._add(quantiles.gamma(mean, cv))
        return self._number_of[key]

    def _add(self, table: Floats) -> int:
        self._tables.append(table)
        return len(self._tables) - 1

    def __getitem__(self, number: int) -> Floats:
        return self._tables[number]

    @property
    def array(self) -> Floats:
        """All tables: shape (tables, nodes)."""
        return np.array(self._tables, dtype=np.float64).reshape(-1, TABLE_NODES)


def quantile_table(distribution: Distribution | ShareDistribution) -> Floats:
    """Quantile table of a distribution of the scenario: shape (1537,), ms or shares."""
    if isinstance(distribution, ShareDistribution):
        return _share_table(distribution)
    return _duration_table(distribution.law)


def _share_table(distribution: ShareDistribution) -> Floats:
    if distribution.uniform is not None:
        return quantiles.uniform(distribution.uniform.low, distribution.uniform.high)
    if distribution.triangular is not None:
        law = distribution.triangular
        return quantiles.triangular(law.low, law.mode, law.high)
    return quantiles.constant(distribution.constant or 0.0)


def _duration_table(law: Law) -> Floats:
    match law:
        case Constant():
            return quantiles.constant(law.value)
        case Exponential():
            return quantiles.exponential(law.mean)
        case Lognormal():
            return quantiles.lognormal(law.mean, law.cv)
        case Gamma():
            return quantiles.gamma(law.mean, law.cv)
        case Uniform():
            return quantiles.uniform(law.low, law.high)
        case Triangular():
            return quantiles.triangular(law.low, law.mode, law.high)
        case Erlang():
            return quantiles.erlang(law.mean, law.phases)
        case Hyperexponential():
            return quantiles.hyperexponential(law.mean, law.cv)
        case Data():
            return quantiles.from_data(np.array(law.values_ms, dtype=np.float64))
        case Scipy():
            return quantiles.from_scipy(law.name, law.parameters, law.mean)
