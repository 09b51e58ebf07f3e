"""What people may do with the panels' records, each in one transaction. Imports belong to ``datasets``."""
