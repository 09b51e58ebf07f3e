"""Decisions entered as a spreadsheet: the template, and the form that reads it."""
