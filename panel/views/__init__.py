"""The pages on which panel clerks work. Everybody signed in may read them; changing anything needs EDIT_PANEL."""
