"""What the pages show: a function for each page, from results to the names its template reads."""
