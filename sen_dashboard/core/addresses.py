"""Parts of addresses that more than one app uses."""

NUL = "\0"


class KeyConverter:
    """A natural key in an address, whatever characters it is made of: files bring slashes and line breaks too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """Raise ValueError for a NUL, which PostgreSQL would not even look for; the page is then not found."""
        if NUL in value:
            raise ValueError("No key holds a NUL.")
        return value

    def to_url(self, value: str) -> str:
        return value


class FormConverter:
    """The format in which a list is saved, as an address ends in it."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
