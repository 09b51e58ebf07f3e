"""What people may do with the panels' records, each in one transaction. Importing them is ``datasets``'."""
