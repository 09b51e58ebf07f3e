"""Cases that come before a panel, and the panel's decisions."""
