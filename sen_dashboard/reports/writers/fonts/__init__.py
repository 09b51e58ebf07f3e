"""The fonts of a report, so that it needs none of the machine's.

Liberation Sans lies beside this file, with its licence: the widths of Arial, and figures of one width. Signs that it
lacks are written with two fonts of matplotlib's wheel: DejaVu Sans, then Last Resort, which has a box for every sign
there is, so that no name is ever left out.
"""

from pathlib import Path

from matplotlib import get_data_path

FAMILIES = ("Liberation Sans", "DejaVu Sans", "Last Resort High-Efficiency")
"""In the order in which a sign is looked for."""

HERE = Path(__file__).parent
FOLDERS = (HERE, Path(get_data_path()) / "fonts" / "ttf")
"""Where the files of the families lie."""
