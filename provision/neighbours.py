"""Which districts are neighbours, for Kent and Medway only.

Derived by `vendoring/district_neighbours.py` from the generalised boundaries of districts that the Office for National
Statistics and Ordnance Survey publish, in the edition of github.com/martinjc/UK-GeoJSON. Contains public sector
information licensed under the Open Government Licence v3.0. Contains OS and National Statistics data © Crown copyright
and database right 2016.
"""

from enum import IntEnum

PAIRS = (
    ("Ashford", "Canterbury"),
    ("Ashford", "Folkestone and Hythe"),
    ("Ashford", "Maidstone"),
    ("Ashford", "Swale"),
    ("Ashford", "Tunbridge Wells"),
    ("Canterbury", "Dover"),
    ("Canterbury", "Folkestone and Hythe"),
    ("Canterbury", "Swale"),
    ("Canterbury", "Thanet"),
    ("Dartford", "Gravesham"),
    ("Dartford", "Sevenoaks"),
    ("Dover", "Folkestone and Hythe"),
    ("Dover", "Thanet"),
    ("Gravesham", "Medway"),
    ("Gravesham", "Sevenoaks"),
    ("Gravesham", "Tonbridge and Malling"),
    ("Maidstone", "Medway"),
    ("Maidstone", "Swale"),
    ("Maidstone", "Tonbridge and Malling"),
    ("Maidstone", "Tunbridge Wells"),
    ("Medway", "Swale"),
    ("Medway", "Tonbridge and Malling"),
    ("Sevenoaks", "Tonbridge and Malling"),
    ("Sevenoaks", "Tunbridge Wells"),
    ("Tonbridge and Malling", "Tunbridge Wells"),
)


class Nearness(IntEnum):
    """How near a district is to another, nearest first."""

    SAME = 0
    NEIGHBOUR = 1
    FURTHER = 2


def nearness(district: str, home: str) -> Nearness:
    """How near a district is to ``home``; the furthest if either is not recorded or has no known neighbours."""
    names = district.strip().casefold(), home.strip().casefold()
    if not all(names):
        return Nearness.FURTHER
    if names[0] == names[1]:
        return Nearness.SAME
    return Nearness.NEIGHBOUR if frozenset(names) in _NEIGHBOURS else Nearness.FURTHER


_NEIGHBOURS = {frozenset(name.casefold() for name in pair) for pair in PAIRS}
