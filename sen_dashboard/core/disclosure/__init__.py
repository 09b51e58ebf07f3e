"""Public figures that give no small number away: the rule, the attacker that it is tested against, and the rounding."""
