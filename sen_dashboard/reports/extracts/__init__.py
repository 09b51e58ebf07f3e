"""The tables that managers are asked for; a new one is a module here and an entry below."""

from typing import Any

from sen_dashboard.reports.extracts import dsg_plan, foi_need_year, schools_forum, sen2_crosscheck
from sen_dashboard.reports.extracts.extract import Extract

EXTRACTS: tuple[Extract[Any], ...] = (
    schools_forum.EXTRACT,
    foi_need_year.EXTRACT,
    dsg_plan.EXTRACT,
    sen2_crosscheck.EXTRACT,
)
BY_SLUG = {extract.slug: extract for extract in EXTRACTS}
