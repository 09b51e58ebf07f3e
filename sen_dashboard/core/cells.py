"""Text in the cells of a spreadsheet."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The first characters of a text that a spreadsheet would run as a formula: downloads put an apostrophe before them."""
