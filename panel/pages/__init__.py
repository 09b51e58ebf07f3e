"""Contents of the panel’s pages and forms: requests, papers of a case, expected placements, work to do."""
