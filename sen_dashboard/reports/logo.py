"""The council's logo in reports, from the file named by REPORT_LOGO."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from sen_dashboard.reports.writers import WriteError

FORMATS = ("PNG", "JPEG")
LARGEST = 2_000_000  # bytes


class LogoError(WriteError):
    """The logo cannot be used; the message is one sentence for an administrator."""


def read_logo(path: Path | None) -> bytes | None:
    """The image's bytes; None if no logo is set. Raises LogoError if it is not a PNG or JPEG image.

    Pillow reports a broken image by any of three errors. As JPEG it also opens files of several images, which cameras
    make and slides cannot hold.
    """
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST:
            raise LogoError(f"The logo {path} is larger than 2 MB: set REPORT_LOGO to a smaller picture.")
        picture = path.read_bytes()
        with Image.open(BytesIO(picture), formats=FORMATS) as image:
            image.verify()
        if image.format not in FORMATS:
            raise LogoError(
                f"The logo {path} holds several pictures: set REPORT_LOGO to a PNG or JPEG of one."
            )
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise LogoError(
            f"The logo {path} cannot be read as a PNG or JPEG picture: set REPORT_LOGO to one, or to nothing."
        ) from error
    return picture
