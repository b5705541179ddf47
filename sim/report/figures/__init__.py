"""One figure a file: functions ``plot_*`` draw into given axes, or a new figure, and return the axes."""
