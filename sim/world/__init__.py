"""The world a scenario describes: territory, sites, network and calendars as arrays and graphs."""
