"""The forms of the programme, a module for each kind of record. Lists and records' pages are the site's."""
