"""Records of the data contract's workstreams.csv."""

from sen_dashboard.core.models.constraints import on_one_line
from sen_dashboard.core.models.fields import key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.querysets import WorkstreamQuerySet


@kept_in_trail(has_page=True)
class Workstream(Record):
    """A part of the programme: its actions, risks and decisions needed. ``lead`` is a role, not a person's name."""

    workstream_id = key_field(primary_key=True)
    title = words_field(120, blank=False)
    lead = words_field(80)
    aim = words_field(500)

    objects = WorkstreamQuerySet.as_manager()

    class Meta:
        constraints = [
            on_one_line(
                "workstream_title_given",
                "title",
                sentence="Enter the workstream’s name, in words on one line.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
