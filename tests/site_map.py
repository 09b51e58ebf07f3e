"""Every page of the dashboard, by the name of its address: what tests that walk the whole site walk.

The records that they name are those of ``make_everything``.
"""

from datetime import date

from django.core.management import call_command
from django.urls import reverse

from sen_dashboard.benchmarking.measures import BY_SLUG as BENCHMARKS
from sen_dashboard.core.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.pages.addresses import records_address
from tests.benchmarking.conftest import SHIPPED
from tests.factories import (
    make_case,
    make_child,
    make_decision,
    make_event,
    make_placement,
    make_plan,
    make_school,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_parts import make_places

DAY = date(2019, 3, 31)
WITHOUT_A_PAGE = {"kpi_json", "kpi_csv", "records_csv", "reads_csv", "benchmark_csv", "sign_out"}
FOR_AUDITORS = {"reads", "changes"}


def make_everything() -> None:
    """A council of many records, one record of each kind with a key of its own, an event, and published figures."""
    make_council(1)
    make_panel(1)
    make_places(1)
    make_event(event_id="E1", day=date(2018, 9, 1))
    child, school = make_child(child_id="A child"), make_school(school_id="A school")
    make_placement(placement_id="A placement", plan=make_plan(child=child), school=school)
    make_decision(case=make_case(case_id="A case", child=child))
    call_command("import_benchmarks", SHIPPED, verbosity=0)


def site_map() -> dict[str, list[str]]:
    """Addresses of pages by the name of their address; reads the records for the lists behind numbers."""
    at = f"?as_at={DAY.isoformat()}"
    return {
        "overview": [f"/{at}", f"/{at}&need=ASD&district=Thanet"],
        "dictionary": [reverse("dictionary")],
        "kpi": [reverse("kpi", args=[kpi.slug]) + at for kpi in KPIS],
        "records": _lists(),
        "child": [reverse("child", args=["A child"]) + at],
        "placement": [reverse("placement", args=["A placement"]) + at],
        "school": [reverse("school", args=["A school"]) + at],
        "case": [reverse("case", args=["A case"]) + at],
        "child_trail": [reverse("child_trail", args=["A child"])],
        "placement_trail": [reverse("placement_trail", args=["A placement"]) + at],
        "case_trail": [reverse("case_trail", args=["A case"])],
        "reads": [reverse("reads"), f"{reverse('reads')}?child=A child"],
        "changes": [reverse("changes"), f"{reverse('changes')}?child=A child"],
        "search": [reverse("search"), f"{reverse('search')}?q=c"],
        "accessibility": [reverse("accessibility")],
        "benchmarks": [reverse("benchmarks")],
        "benchmark": [reverse("benchmark", args=[slug]) for slug in BENCHMARKS],
        "events": [reverse("events")],
        "event_add": [reverse("event_add")],
        "event_change": [reverse("event_change", args=["E1"])],
        "event_remove": [reverse("event_remove", args=["E1"])],
        "sign_in": [reverse("sign_in")],
    }


def _lists() -> list[str]:
    """A list of each kind of record."""
    lists = {}
    for kpi in KPIS:
        result = kpi.query(Scope(DAY))
        for part in kpi.parts:
            row = None if part.key in kpi.headline_keys else kpi.row_key.of(result.rows[-1])
            kind = part.records(result.scope, kpi.row_key.parse(row) if row else None).model
            lists.setdefault(kind, records_address(kpi, part, result.scope, row))
    return list(lists.values())
