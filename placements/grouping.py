"""Grouping placements by primary need, provision, home district or attendance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Q

from placements import counts
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, OF_PLACEMENTS, home_districts
from placements.querysets import in_provision
from sen_dashboard.core.codes import Attendance, Need, Provision, need_label, need_words
from sen_dashboard.core.kpi.published import RowKey
from sen_dashboard.core.kpi.scope import Filter, Scope, choice

NOT_RECORDED = "NOT_RECORDED"
"""The key for children whose home district is not recorded."""
PROVISION = choice(
    "provision", "Provision", Provision.choices, unchosen="INMSS, or all where shown by provision"
)


@dataclass(frozen=True)
class Grouping:
    """The filter that chooses a group, the placement's column that holds it, and the words for its codes.

    A district has no code: its key is its name. ``short`` has shorter words for charts and sentences.
    """

    filter: Filter[str | None]
    column: str
    words: Mapping[str, str]
    short: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the groups are of, within a sentence: "primary need"."""
        return self.filter.label.lower()

    def describe(self, key: str) -> str:
        """A group in full: "Autistic spectrum disorder (ASD)"."""
        return self.words.get(key, key)

    def briefly(self, key: str) -> str:
        """A group in few words: "ASD"."""
        return self.short.get(key) or self.describe(key)


GROUPINGS = {
    "need": Grouping(
        NEED,
        OF_PLACEMENTS[NEED],
        {code: need_words(code) for code in Need.values},
        {code: need_label(code) for code in Need.values},
    ),
    "provision": Grouping(PROVISION, "provision", dict(Provision.choices)),
    "district": Grouping(DISTRICT, "plan__child__home_district", {NOT_RECORDED: "Not recorded"}),
    "attendance": Grouping(ATTENDANCE, OF_PLACEMENTS[ATTENDANCE], dict(Attendance.choices)),
}
BY = choice(
    "by", "Shown by", [(by, grouping.filter.label) for by, grouping in GROUPINGS.items()], default="need"
)
WORDS = {key: words for grouping in GROUPINGS.values() for key, words in grouping.words.items()}


def grouping_of(scope: Scope) -> Grouping:
    """How placements are grouped in the scope."""
    return GROUPINGS[str(scope[BY])]


def provisions_of(scope: Scope) -> tuple[Provision, ...]:
    """The provisions within the scope, or none for all of them; INMSS unless another is chosen."""
    chosen = scope[PROVISION]
    if chosen:
        return (Provision(chosen),)
    return () if scope[BY] == "provision" else (Provision.INMSS,)


def in_group(scope: Scope, children: counts.Placements, key: str | None) -> counts.Placements:
    """The children in the group; all of them for None."""
    if key is None:
        return children
    by = str(scope[BY])
    of_column = Q(**{grouping_of(scope).column: "" if key == NOT_RECORDED else key})
    return children.where(in_provision(Provision(key)) if by == "provision" else of_column, **{by: key})


def _parse(key: str) -> str:
    """Read the key of any kind of group. Raises ValueError if it is not one."""
    if key not in WORDS and key not in dict(home_districts()):
        raise ValueError(f"“{key}” is not a need, provision, home district or attendance.")
    return key


def _shown_by(key: str) -> dict[str, str]:
    """The ``by`` choice that shows the group: the one with its code or, since districts have none, by district."""
    return {BY.name: next((by for by, grouping in GROUPINGS.items() if key in grouping.words), "district")}


BY_GROUP: RowKey[Any, str] = RowKey(
    attrgetter("key"), _parse, lambda key: WORDS.get(key, key), shown_by=_shown_by
)
"""Rows named by the group under ``key``."""
