"""Finance's work: months and their close, the reconciliation, the ledger."""
