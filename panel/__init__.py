"""Cases put to a panel and the panel's decisions."""
