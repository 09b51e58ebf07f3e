"""The monthly report: all figures collected once at a month's end, commented, approved, published and written out."""
