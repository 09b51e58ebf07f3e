"""The forms of the programme, a module for each kind of record, and the pages of lists and records."""
