"""Charts: the value that is drawn (chart.py), and what draws it."""
