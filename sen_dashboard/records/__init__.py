"""The pages of a child, a placement, a school and a panel case; lists of records, and the search."""
