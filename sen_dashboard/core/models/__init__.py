"""What models share: fields, constraints with sentences, the trail, and saving that loses nobody’s change."""
