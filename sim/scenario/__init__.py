"""The scenario language: what a planner writes, read, checked and kept as immutable models."""
