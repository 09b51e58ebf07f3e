"""Finance: its home, working through the reconciliation, and the month end."""
