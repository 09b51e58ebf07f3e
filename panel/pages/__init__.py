"""What the panel’s pages and forms show: requests, papers of a case, expected placements, work to do."""
