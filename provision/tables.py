"""Lists of schools and their places, as tables."""

import django_tables2 as tables

from provision.models import LocalProvision, Sector
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import CodeColumn, KindColumn, RecordColumn, RecordTable


class SchoolTable(RecordTable):
    school = RecordColumn("school", "school_id", name="name")
    sector = CodeColumn(Sector)
    phase = tables.Column(default="")
    district = tables.Column(default="")
    provider_group = tables.Column(default="")
    on_roll = KindColumn(Kind.COUNT, verbose_name="Children on roll")
    offered = KindColumn(Kind.COUNT, verbose_name="Places")


class PlacesTable(RecordTable):
    school = RecordColumn("school", "school_id", name="school__name")
    district = tables.Column(accessor="school__district", default="")
    provision = CodeColumn(LocalProvision)
    academic_year = tables.Column()
    needs = tables.Column(orderable=False)
    places = KindColumn(Kind.COUNT)

    def render_needs(self, value: list[str]) -> str:
        return ", ".join(value)
