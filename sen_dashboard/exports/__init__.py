"""Lists and tables as files: CSV and Excel."""
