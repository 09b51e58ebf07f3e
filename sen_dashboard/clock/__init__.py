"""What day it is: the real one, or in a store that holds the demonstration the demonstration's (ADR 0019)."""
