"""Working with a placement and what it costs: forms that say what follows before they save."""
