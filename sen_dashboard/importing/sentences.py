"""What is wrong with a file, whichever reader finds it: each sentence once.

Sentences about one kind of file are kept with its reader.
"""

EMPTY = "The file is empty: it has no header."
COLUMN_TWICE = "The header has this column more than once."
NOT_CSV = "A quotation mark is not closed, or something follows it. Remove the mark, or write it twice."
DAMAGED = "The file is damaged and cannot be read from here on."
NUL = "There is a NUL character: the file is damaged or is not text."
OLD_WORKBOOK = "The file has a password or is an old .xls: save it as .xlsx without a password."


def read_as_cp1252(name: str) -> str:
    """Return the warning for a text file that is not UTF-8."""
    return (
        f"{name} is not UTF-8 and is read as cp1252, as spreadsheets save “CSV”: check that accents and quotation marks"
        " are correct."
    )
