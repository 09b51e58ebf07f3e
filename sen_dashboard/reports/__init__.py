"""The monthly report: every figure collected once at a month's end, commented, approved, published and written out."""
