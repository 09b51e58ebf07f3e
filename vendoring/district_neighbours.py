"""Prints the pairs of `provision/neighbours.py`: districts whose boundaries share points, as neighbours' do.

    python vendoring/district_neighbours.py kent_medway_districts.geojson

The file: boundaries of districts as GeoJSON with ``lad_name``, whose lines were generalised together, so that a shared
boundary has the same points on both sides.
"""

import json
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

FEWEST = 2
"""Points of a shared line; one alone is a corner."""


def points(coordinates: Any) -> Iterator[tuple[float, float]]:
    """Every point of a polygon or of several."""
    if isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from points(part)


def main(path: str) -> None:
    districts = json.loads(Path(path).read_text())["features"]
    outlines = {
        each["properties"]["lad_name"]: {*points(each["geometry"]["coordinates"])} for each in districts
    }
    for one, other in combinations(sorted(outlines), 2):
        if len(outlines[one] & outlines[other]) >= FEWEST:
            print(f'    ("{one}", "{other}"),')


if __name__ == "__main__":
    main(sys.argv[1])
