"""Changing a placement and its costs: forms that state the consequences before they save."""
