"""Parts of addresses that more than one app uses."""

from sen_dashboard.core.periods import FinancialYear, Month

NUL = "\0"


class KeyConverter:
    """A natural key in an address, with any characters: files bring slashes and line breaks too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """Raise ValueError for a NUL, which PostgreSQL cannot even search for; the page is then not found."""
        if NUL in value:
            raise ValueError("No key holds a NUL.")
        return value

    def to_url(self, value: str) -> str:
        return value


class MonthConverter:
    """A month in an address, written as in the contract: "2019-03"."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        """Raise ValueError for an impossible month; the page is then not found."""
        return Month.parse(value)

    def to_url(self, value: Month | str) -> str:
        return str(value)


class FinancialYearConverter:
    """A financial year in an address: "2018-19"."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> FinancialYear:
        """Raise ValueError for an impossible year; the page is then not found."""
        return FinancialYear.parse(value)

    def to_url(self, value: FinancialYear | str) -> str:
        return str(value)


class FormConverter:
    """The file format in which a list is saved, at the end of an address."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
