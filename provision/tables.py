"""Lists of schools and their places, as tables."""

import django_tables2 as tables

from provision.models import LocalProvision, Sector
from sen_dashboard.core.tables import CodeColumn, CountColumn, RecordColumn, RecordTable


class SchoolTable(RecordTable):
    school = RecordColumn("school", "school_id", name="name")
    sector = CodeColumn(Sector)
    phase = tables.Column(default="")
    district = tables.Column(default="")
    provider_group = tables.Column(default="")
    on_roll = CountColumn(verbose_name="Children on roll")
    offered = CountColumn(verbose_name="Places")


class PlacesTable(RecordTable):
    school = RecordColumn("school", "school_id", name="school__name")
    district = tables.Column(accessor="school__district", default="")
    provision = CodeColumn(LocalProvision)
    academic_year = tables.Column()
    needs = tables.Column(orderable=False)
    places = CountColumn()

    def render_needs(self, value: list[str]) -> str:
        return ", ".join(value)
