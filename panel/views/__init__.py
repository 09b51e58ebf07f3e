"""The pages on which panel clerks work. Everyone signed in may read them; changing anything needs EDIT_PANEL."""
