"""What a run leaves: tables of one replication, their checks, and how they lie on disk."""
