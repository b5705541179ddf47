"""What a researcher added by name, as a run needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_ROLE = -1


@dataclass(frozen=True)
class OwnNames:
    """Names under which functions of one's own are registered."""

    dispatch: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()


NOTHING_OWN = OwnNames()


@dataclass(frozen=True)
class OwnProcessPlan:
    """One process of one's own."""

    name: str  # in the scenario; also the cause of its outages
    function: str  # under which it is registered
    key: int  # address of its random numbers
    sites: NDArray[np.int32]  # that it is about
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class OwnPlan:
    """All processes of one's own, and what they find people by."""

    processes: tuple[OwnProcessPlan, ...]
    roles: tuple[str, ...]  # names of the pools of the scenario
    pool_role: NDArray[np.int32]  # [pools] number in `roles`, that of its people for overtime; NO_ROLE: none
    pool_site: NDArray[np.int32]  # [pools]
