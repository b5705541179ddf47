"""Numbers from records: each with its interval, and alternatives against each other."""

from sim.analysis.compare import compare
from sim.analysis.summarise import summarise
from sim.analysis.summary import Comparison, Summary

__all__ = ["Comparison", "Summary", "compare", "summarise"]
