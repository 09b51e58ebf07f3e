"""The contents of the programme's pages."""
