"""What models share: fields, constraints with sentences, the trail, and saving without losing anybody's change."""
