"""What Finance works with: the month and its close, the reconciliation, the ledger."""
