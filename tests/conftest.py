"""Settings that hold for every test."""

from hypothesis import settings

settings.register_profile("haicap", derandomize=True, deadline=None, database=None)
settings.load_profile("haicap")
