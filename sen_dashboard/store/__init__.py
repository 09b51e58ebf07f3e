"""Which PostgreSQL holds the records, the embedded one among them, and files that only the program may read."""
