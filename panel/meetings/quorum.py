"""Whether enough members are present to decide on a case."""

from django.core.exceptions import ValidationError

from panel.models import AgendaItem
from sen_dashboard.core import formats


def deciding(item: AgendaItem) -> int:
    """How many members are present and do not stand aside from the case."""
    return item.meeting.members.filter(present=True).exclude(conflicts__item=item).count()


def check_quorum(item: AgendaItem) -> None:
    """Raise ValidationError with a sentence if too few members may decide on the case."""
    there, needed = deciding(item), item.meeting.quorum
    if there < needed:
        raise ValidationError(
            f"{formats.plural(needed, 'member')} must decide case {item.case_id}, but "
            f"{formats.count(there)} of those present can. Record attendance first.",
            code="quorum",
        )
