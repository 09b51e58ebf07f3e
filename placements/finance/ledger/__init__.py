"""The ledger as finance systems export it: read by a mapping of its columns, matched with schools, loaded by months."""
