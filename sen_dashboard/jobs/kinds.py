"""The kinds of work that a worker can do. Each app registers its own when it starts (`AppConfig.ready`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core.web.details import Link

if TYPE_CHECKING:
    from sen_dashboard.jobs.models import Job

Step = tuple[str, Callable[[], str | None]]
"""A description of the step, and the function that does it; a sentence that it returns is shown at the end."""


class JobError(Exception):
    """A job that cannot be done; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Work:
    """A kind of work: who may ask for it, the name of a job of this kind, its steps, and the page of its result.

    ``parent`` is the page above the job's own.
    """

    kind: str
    permission: Permission
    title: Callable[["Job"], str]
    steps: Callable[["Job"], Sequence[Step]]
    result: Callable[["Job"], Link | None]
    parent: Callable[[], Link]


_kinds: dict[str, Work] = {}


def can_do(*kinds: Work) -> None:
    """Register kinds of work that a worker can do."""
    for work in kinds:
        _kinds[work.kind] = work


def work_of(kind: str) -> Work:
    """Return the work of a kind. Raises KeyError for one that no app registered."""
    return _kinds[kind]
