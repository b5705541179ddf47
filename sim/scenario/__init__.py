"""The scenario language: what a planner writes, read, checked and kept as immutable models."""

from sim.scenario.errors import Mistake, Place, ScenarioError
from sim.scenario.reader import BASE, Study, load, load_text, mistake_at
from sim.scenario.schema.scenario import Scenario

__all__ = [
    "BASE",
    "Mistake",
    "Place",
    "Scenario",
    "ScenarioError",
    "Study",
    "load",
    "load_text",
    "mistake_at",
]
