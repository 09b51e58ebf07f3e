"""Finance systems' ledger exports: read by a mapping of columns, matched with schools, loaded month by month."""
