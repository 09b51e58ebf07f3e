"""The overview, the pages of KPIs and their groups, the records behind a number, and the dictionary."""
