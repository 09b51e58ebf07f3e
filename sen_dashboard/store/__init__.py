"""The choice of PostgreSQL server for the records, the embedded server, and files that only the program may read."""
