"""Public figures that give no small number away: the rule, the attacker it is tried against, and the rounding."""
