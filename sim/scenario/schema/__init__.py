"""The scenario language as models: one module per idea, all exported here."""

from sim.scenario.schema.base import Level, Model
from sim.scenario.schema.calendars import Calendar, Interval, ProfilePart
from sim.scenario.schema.changes import Change, HeadcountChange, SpeedChange
from sim.scenario.schema.demand import (
    MONTHS,
    Channel,
    ChannelShareCase,
    Demand,
    Phase,
    Rate,
    RateCase,
)
from sim.scenario.schema.distributions import (
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
    ShareTriangular,
    ShareUniform,
    Triangular,
    Uniform,
)
from sim.scenario.schema.network import LinkKind, System
from sim.scenario.schema.outages import Outage, PlannedOutage, RandomOutages
from sim.scenario.schema.paths import PathPoint, SharePath
from sim.scenario.schema.pools import Headcount, HeadcountCase, Pool
from sim.scenario.schema.procedures import (
    COMPLETED,
    ENDS,
    REFUSED,
    Branch,
    Citizen,
    Group,
    Inherited,
    Procedure,
    Step,
    Workflow,
)
from sim.scenario.schema.rules import BackEntry, Courier, Rules
from sim.scenario.schema.scenario import Alternative, Period, Scenario
from sim.scenario.schema.selection import CommuneKind, Selection
from sim.scenario.schema.tables import SiteRow, Table
from sim.scenario.schema.targets import Costs, Target
from sim.scenario.schema.territory import Synthetic, Territory
from sim.scenario.schema.text import Assumption, Text, Titled

__all__ = [
    "COMPLETED",
    "ENDS",
    "MONTHS",
    "REFUSED",
    "Alternative",
    "Assumption",
    "BackEntry",
    "Branch",
    "Calendar",
    "Change",
    "Channel",
    "ChannelShareCase",
    "Citizen",
    "CommuneKind",
    "Constant",
    "Costs",
    "Courier",
    "Data",
    "Demand",
    "Distribution",
    "Erlang",
    "Exponential",
    "Gamma",
    "Group",
    "Headcount",
    "HeadcountCase",
    "HeadcountChange",
    "Hyperexponential",
    "Inherited",
    "Interval",
    "Law",
    "Level",
    "LinkKind",
    "Lognormal",
    "Model",
    "Outage",
    "PathPoint",
    "Period",
    "Phase",
    "PlannedOutage",
    "Pool",
    "Procedure",
    "ProfilePart",
    "RandomOutages",
    "Rate",
    "RateCase",
    "Rules",
    "Scenario",
    "Scipy",
    "Selection",
    "ShareDistribution",
    "SharePath",
    "ShareTriangular",
    "ShareUniform",
    "SiteRow",
    "SpeedChange",
    "Step",
    "Synthetic",
    "System",
    "Table",
    "Target",
    "Territory",
    "Text",
    "Titled",
    "Triangular",
    "Uniform",
    "Workflow",
]
