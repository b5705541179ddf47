"""Known answers of queueing theory. Rates are per unit of time, waits in that unit; sources beside each."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.sparse import diags_array, lil_array
from scipy.sparse.linalg import spsolve

Floats = NDArray[np.float64]


def erlang_c(servers: int, arrivals: float, service: float) -> float:
    """Probability of waiting in M/M/c, summed as Erlang (1917) wrote it."""
    load = arrivals * service
    terms = np.cumprod([1.0, *(load / k for k in range(1, servers + 1))])
    last = terms[-1] * servers / (servers - load)
    return float(last / (terms[:-1].sum() + last))


def mmc_wait(servers: int, arrivals: float, service: float) -> float:
    """Mean wait in M/M/c."""
    return erlang_c(servers, arrivals, service) * service / (servers - arrivals * service)


def mg1_wait(arrivals: float, service: float, cv: float) -> float:
    """Mean wait in M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    return arrivals * second_moment(service, cv) / (2 * (1 - arrivals * service))


def second_moment(mean: float, cv: float) -> float:
    """E[S^2] by mean and coefficient of variation."""
    return mean**2 * (1 + cv**2)


def cobham_waits(classes: list[tuple[float, float, float]]) -> list[float]:
    """Mean wait by class, first class first, one server, nobody interrupted (Cobham 1954).

    A class is arrivals, mean and coefficient of variation of the service.
    """
    residual = sum(rate * second_moment(mean, cv) for rate, mean, cv in classes) / 2
    busy = np.cumsum([0.0, *(rate * mean for rate, mean, _ in classes)])
    return [float(residual / ((1 - before) * (1 - after))) for before, after in pairwise(busy)]


def jackson_rates(arrivals: Floats, routing: Floats) -> Floats:
    """Visits per unit of time to each station of an open network: the traffic equations (Jackson 1957)."""
    return np.linalg.solve(np.eye(len(arrivals)) - routing.T, arrivals)


def breakdown_distribution(
    arrivals: float, service_rate: float, failure_rate: float, repair_rate: float, most: int = 3000
) -> Floats:
    """M/M/1 whose server fails, busy or not, and resumes: probability of (up or down, n), shape (2, most)."""
    size = 2 * most
    chain = lil_array((size, size))
    for n in range(most):
        up, down = 2 * n, 2 * n + 1
        chain[up, down], chain[down, up] = failure_rate, repair_rate
        if n + 1 < most:
            chain[up, up + 2] = chain[down, down + 2] = arrivals
        if n > 0:
            chain[up, up - 2] = service_rate
    return _stationary(chain).reshape(most, 2).T


def forward_equations(
    servers: int, service_rate: float, rates: list[tuple[float, float]], most: int = 400
) -> Floats:
    """M(t)/M/c from empty, by Kolmogorov's forward equations.

    `rates` are the ends of spans of time and the arrival rates in them. Returns what has added up at the end:
    arrivals that had to wait, queue length x time, people busy x time; and the queue length then.
    """
    n = np.arange(most)
    busy, queue = np.minimum(n, servers), np.maximum(n - servers, 0)
    state, start = np.zeros(most + 3), 0.0
    state[0] = 1.0
    for end, rate in rates:

        def change(_: float, y: Floats, rate: float = rate) -> Floats:
            p = y[:most]
            up, down = rate * p[:-1], service_rate * busy[1:] * p[1:]
            flow = np.zeros(most)
            flow[1:] += up - down
            flow[:-1] += down - up
            return np.concatenate([flow, [rate * p[servers:].sum(), queue @ p, busy @ p]])

        state = solve_ivp(change, (start, end), state, method="LSODA", rtol=1e-8, atol=1e-10).y[:, -1]
        start = end
    return np.array([*state[most:], queue @ state[:most]])


def erlang_a(
    servers: int, arrivals: float, service: float, patience: float, most: int = 500
) -> tuple[float, float]:
    """M/M/c+M (Palm 1957): share of those who leave unserved, and mean time in the queue of all who come.

    `patience` is the mean of the exponential time after which a waiting customer leaves.
    """
    n = np.arange(1, most)
    leaving = np.minimum(n, servers) / service + np.maximum(n - servers, 0) / patience
    weights = np.cumprod([1.0, *(arrivals / leaving)])
    queue = float(np.maximum(np.arange(most) - servers, 0) @ weights / weights.sum())
    return queue / patience / arrivals, queue / arrivals


def fork_join_time(arrivals: float, service: float) -> float:
    """Mean time until both parts of a job are done, in two equal M/M/1 queues fed by the same arrivals.

    Exact: Flatto and Hahn (1984), as Nelson and Tantawi (1988) write it.
    """
    load = arrivals * service
    return (12 - load) / 8 * service / (1 - load)


def n_model_waits(
    arrivals: tuple[float, float], services: tuple[float, float], covering: float, most: int = 70
) -> tuple[float, float]:
    """Mean waits of both classes in the N-model: one server each, and the second helps the first.

    The second server serves its own class first and, when none waits, the first class, at mean time
    `covering`. Nobody is interrupted. Solved as a Markov chain with queues cut off at `most`.
    """
    states = _n_model_states(most)
    number = {state: place for place, state in enumerate(states)}
    chain = lil_array((len(states), len(states)))
    for state, place in number.items():
        for rate, to in _n_model_moves(state, arrivals, services, covering):
            if to in number:
                chain[place, number[to]] += rate
    probability = _stationary(chain)
    queues = probability @ np.array([state[2:] for state in states], dtype=np.float64)
    return float(queues[0] / arrivals[0]), float(queues[1] / arrivals[1])


NModelState = tuple[int, int, int, int]
"""First server busy, second one idle, at its own or helping (0, 1, 2), and the two queues."""


def _n_model_states(most: int) -> list[NModelState]:
    return [
        (first, second, waiting, waiting_second)
        for first in (0, 1)
        for second in (0, 1, 2)
        for waiting in range(most if first and second else 1)
        for waiting_second in range(most if second else 1)
    ]


def _n_model_moves(
    state: NModelState, arrivals: tuple[float, float], services: tuple[float, float], covering: float
) -> list[tuple[float, NModelState]]:
    first, second, waiting, waiting_second = state
    moves: list[tuple[float, NModelState]] = []
    if not first:
        moves.append((arrivals[0], (1, second, waiting, waiting_second)))
    elif not second:
        moves.append((arrivals[0], (1, 2, waiting, waiting_second)))
    else:
        moves.append((arrivals[0], (1, second, waiting + 1, waiting_second)))
    if second:
        moves.append((arrivals[1], (first, second, waiting, waiting_second + 1)))
    else:
        moves.append((arrivals[1], (first, 1, waiting, waiting_second)))
    if first:
        left = (1, second, waiting - 1, waiting_second) if waiting else (0, second, 0, waiting_second)
        moves.append((1 / services[0], left))
    if second:
        freed: NModelState = (first, 0, waiting, waiting_second)
        if waiting_second:
            freed = (first, 1, waiting, waiting_second - 1)
        elif waiting:
            freed = (first, 2, waiting - 1, 0)
        moves.append((1 / (services[1] if second == 1 else covering), freed))
    return moves


def _stationary(chain: lil_array) -> Floats:
    """Stationary distribution of a chain of rates."""
    generator = (chain - diags_array(chain.sum(axis=1))).T.tolil()
    # One balance equation follows from the others; in its place the probabilities add up to one.
    generator[0, :] = 1.0
    balance = np.zeros(chain.shape[0])
    balance[0] = 1.0
    result: Floats = spsolve(generator.tocsc(), balance)
    return result
