"""Entering and changing the programme's records, a module for each kind. Importing them is part of ``datasets``."""
