"""Finance: its home, the reconciliation that it works through, the month end."""
