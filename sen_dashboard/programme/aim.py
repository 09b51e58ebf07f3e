"""The aim that the whole programme serves, in the words of the seed document."""

from typing import Final

AIM: Final = (
    "To have the right local provision to meet the special educational needs of individual children and young people "
    "within a sustainable funding envelope."
)
