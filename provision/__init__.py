"""Schools, the places they offer and the places planned."""
