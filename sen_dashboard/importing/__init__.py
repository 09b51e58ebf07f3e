"""What every import shares: finding the files, and reading their lines and columns."""
