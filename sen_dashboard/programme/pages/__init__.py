"""What the programme’s pages show."""
