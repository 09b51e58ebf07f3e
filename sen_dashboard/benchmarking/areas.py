"""The areas that do not change: England and its regions, by the codes of the Office for National Statistics."""

ENGLAND = "E92000001"

REGIONS = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}

_BY_NAME = {name.casefold(): code for code, name in REGIONS.items()}


def region_named(name: str) -> str | None:
    """Return a region's code by its name, also by "Yorkshire and the Humber" or "London (Outer)"; None for others."""
    return _BY_NAME.get(name.partition(" (")[0].casefold())
