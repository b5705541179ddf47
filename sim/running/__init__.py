"""Many replications on many workers: who does the work, and what happens when one of them is lost."""
