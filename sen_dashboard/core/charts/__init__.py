"""Charts: the value of a chart (chart.py), and the modules that draw it."""
