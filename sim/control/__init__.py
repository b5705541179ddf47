"""Outages and dated changes: SimPy processes that steer a run and never touch a dossier."""
