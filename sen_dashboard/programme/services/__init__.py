"""Entering and changing what the programme holds, a module for each kind of record. Importing is ``datasets``'."""
