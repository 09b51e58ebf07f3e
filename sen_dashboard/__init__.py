"""The dashboard of a special educational needs programme: its settings, pages and shared core."""
