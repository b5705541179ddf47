"""The commands, one file each: they read options, call `sim.study` and print."""
