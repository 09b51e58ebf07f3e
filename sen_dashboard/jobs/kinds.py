"""The kinds of work that a worker can do. Each app names its own when it starts (`AppConfig.ready`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core.web.details import Link

if TYPE_CHECKING:
    from sen_dashboard.jobs.models import Job

Step = tuple[str, Callable[[], str | None]]
"""What is being done, in words, and what does it; a sentence that it returns is said at the end."""


class JobError(Exception):
    """A job cannot be done; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Work:
    """A kind of work: who may ask for it, what a job of it is called, its steps, and where its result is read.

    ``parent`` is the page above a job's own.
    """

    kind: str
    permission: Permission
    title: Callable[["Job"], str]
    steps: Callable[["Job"], Sequence[Step]]
    result: Callable[["Job"], Link | None]
    parent: Callable[[], Link]


_kinds: dict[str, Work] = {}


def can_do(*kinds: Work) -> None:
    """Name kinds of work that a worker can do."""
    for work in kinds:
        _kinds[work.kind] = work


def work_of(kind: str) -> Work:
    """The work of a kind. Raises KeyError for one that no app named."""
    return _kinds[kind]
