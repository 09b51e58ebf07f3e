"""What every import shares: where the files lie, and how their lines and columns are read."""
