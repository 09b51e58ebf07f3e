"""Figures that the Department for Education publishes about councils, and how one council compares with others."""
