"""Figures and the page that planners read, made from records and the numbers of the analysis alone."""
