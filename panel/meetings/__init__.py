"""A meeting: its agenda, quorum, page and minutes."""
