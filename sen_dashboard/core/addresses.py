"""Parts of addresses that more than one app uses."""


class KeyConverter:
    """A natural key in an address, whatever characters it is made of: files bring slashes and line breaks too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
