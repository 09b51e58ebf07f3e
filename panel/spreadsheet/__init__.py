"""Decisions entered as a spreadsheet: the template, and the forms that read it."""
