"""The day that counts as today: the real one or, in a store with the demonstration, the demonstration's (ADR 0019)."""
