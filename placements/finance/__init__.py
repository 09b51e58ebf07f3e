"""What Finance works with: the ledger, closed months, the reconciliation."""
