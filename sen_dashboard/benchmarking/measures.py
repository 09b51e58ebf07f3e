"""The measures that are compared, calculated from published figures, and the pages that show them.

Adding a measure takes an entry here and an import of the files that contain its indicators.
"""

from dataclasses import dataclass
from datetime import date

from sen_dashboard.benchmarking.models import PeriodKind
from sen_dashboard.core.codes import Need
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better
from sen_dashboard.core.periods import AcademicYear

SEN2 = "Department for Education, Education, health and care plans"
SEN2_AND_LAIT = f"{SEN2}; for years before 2019 its Local authority interactive tool, percentages only"
HIGH_NEEDS = "Department for Education, High needs benchmarking tool, by way of its SEND and AP dashboard"

RESPONSIBLE = "Children count with the council responsible for their plan, wherever their school is."


@dataclass(frozen=True)
class BenchmarkMeasure:
    """A share, an amount of pounds a head or a number that can be compared between areas.

    ``part`` and ``whole`` name the indicators that add up to numerator and denominator; without a whole the measure is
    a number. ``apart`` are indicators that DfE once counted within the part and now publishes separately: they are
    added for the years in which it does, so that the series stays comparable. ``percentage`` is the indicator under
    which DfE publishes the percentage itself: it is used for years whose counts are not in the files, and for a measure
    whose whole DfE does not publish. ``is_money`` says that the part is pounds and the whole is heads. ``nought`` is
    the reason that a part of 0 is not a figure, if it is not.
    """

    slug: str
    title: str
    phrase: str
    """The words after its value in a sentence: "of EHC plans are met in …"."""
    better: Better
    part: tuple[str, ...]
    part_title: str
    numerator: str
    denominator: str
    left_out: str
    apart: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    whole_title: str = ""
    percentage: str = ""
    is_money: bool = False
    nought: str = ""
    undefined: str = "Not available where DfE's files lack a count or have a symbol in its place."
    source: str = SEN2
    owner: str = "Department for Education"
    reviewed_on: date = date(2026, 11, 1)

    @property
    def kind(self) -> Kind:
        """Percent for a share, pounds for an amount a head, otherwise a number."""
        if self.is_money:
            return Kind.POUNDS
        return Kind.PERCENT if self.whole or self.percentage else Kind.COUNT

    @property
    def indicators(self) -> tuple[str, ...]:
        """All published figures that it uses."""
        return (*self.part, *self.apart, *self.whole, *([self.percentage] if self.percentage else []))


@dataclass(frozen=True)
class Benchmark:
    """A page: a question, and the measures that answer it; the first is shown unless another is asked for."""

    slug: str
    title: str
    question: str
    period_kind: PeriodKind
    measures: tuple[BenchmarkMeasure, ...]

    @property
    def indicators(self) -> frozenset[str]:
        """All published figures that its measures use."""
        return frozenset(indicator for measure in self.measures for indicator in measure.indicators)

    def when(self, period: str) -> str:
        """Return a period as written in a sentence: "2024", "January 2025", "financial year 2021-22"."""
        label = self.label(period)
        return f"financial year {label}" if self.period_kind is PeriodKind.FINANCIAL else label

    def label(self, period: str) -> str:
        """Return a period as written under ``year_heading``: "2021-22".

        It is "January 2025" for plans counted in the academic year 2024-25.
        """
        return f"January {self.year_of(period)}" if self.period_kind is PeriodKind.ACADEMIC else period

    @property
    def year_heading(self) -> str:
        """The heading over periods: a financial year looks like an academic one, so the heading says which it is."""
        return PeriodKind.FINANCIAL.label if self.period_kind is PeriodKind.FINANCIAL else "Year"

    def year_of(self, period: str) -> int:
        """Return the calendar year in which a period's figures were counted, or its financial year ended."""
        if self.period_kind is PeriodKind.CALENDAR:
            return int(period)
        return AcademicYear.parse(period).end.year  # as for the financial year of that name


# INMSS


def _placed(slug: str, title: str, schools: str, better: Better, *columns: str) -> BenchmarkMeasure:
    """Return the measure of plans met in special schools of one kind, as a share of all plans."""
    return BenchmarkMeasure(
        slug=slug,
        title=title,
        phrase=f"of EHC plans are met in {schools}",
        better=better,
        part=tuple(f"caseload.{column}" for column in columns),
        part_title="Plans in these schools",
        whole=("caseload.ehcplans",),
        whole_title="EHC plans",
        numerator=f"Plans in January that are met in {schools}.",
        denominator=f"All plans in January. {RESPONSIBLE}",
        left_out=(
            "Independent mainstream schools and specialist post-16 institutions. Some councils could not "
            "say where children are (January 2024: Hackney and Peterborough; January 2025: "
            "Cambridgeshire and North East Lincolnshire): their plans still count in the total of their "
            "region and of England, whose shares are therefore a little low. For an individual child, "
            "such a school may be right whatever the share."
        ),
    )


INMSS_SHARE = Benchmark(
    slug="inmss_share",
    title="INMSS share of EHC plans",
    question=(
        "Are more children with an education, health and care (EHC) plan in independent or "
        "non-maintained special schools (INMSS) here than elsewhere?"
    ),
    period_kind=PeriodKind.ACADEMIC,
    measures=(
        _placed(
            "inmss",
            "Plans in INMSS",
            "independent or non-maintained special schools",
            Better.LOWER,
            "special_independent",
            "special_non_maintained",
        ),
        _placed(
            "independent",
            "Plans in independent special schools",
            "independent special schools",
            Better.LOWER,
            "special_independent",
        ),
        _placed(
            "non_maintained",
            "Plans in non-maintained special schools",
            "non-maintained special schools",
            Better.LOWER,
            "special_non_maintained",
        ),
    ),
)


# Needs


def _need(slug: str, title: str, phrase: str, column: str, *apart: str) -> BenchmarkMeasure:
    """Return the measure of plans with one primary need, as a share of all plans; ``apart`` as in BenchmarkMeasure."""
    return BenchmarkMeasure(
        slug=slug,
        title=title,
        phrase=f"of EHC plans {phrase}",
        better=Better.NEITHER,
        part=(f"sen_needs_all_plans.{column}",),
        apart=tuple(f"sen_needs_all_plans.{other}" for other in apart),
        part_title="Plans",
        whole=("sen_needs_all_plans.ehc_plans",),
        whole_title="EHC plans",
        numerator="Plans in January, by their primary need.",
        denominator=f"All plans in January, those without a recorded need as well. {RESPONSIBLE}",
        left_out=(
            "Secondary needs. Down syndrome counts under other difficulty or disability in every year: "
            "DfE counted it there until January 2025, and separately from January 2026. Surrey corrected "
            "its figures of January 2025 after the collection; the corrected counts are taken, for its "
            "region and England as well."
        ),
    )


def _coded(need: Need, also: str = "", *apart: Need) -> BenchmarkMeasure:
    """Return the measure of a need for which DfE's file has a column, with needs that were split off from it."""
    words = f"{need.label[0].lower()}{need.label[1:]}{also}"
    return _need(
        need.lower(),
        f"{need.label}{also} ({need})",
        f"have the primary need {words}",
        f"number_{need.lower()}",
        *(f"number_{other.lower()}" for other in apart),
    )


NEED_MIX = Benchmark(
    slug="need_mix",
    title="Needs of children with an EHC plan",
    question="Do children with an education, health and care (EHC) plan have different needs here from elsewhere?",
    period_kind=PeriodKind.ACADEMIC,
    measures=(
        _coded(Need.ASD),
        _coded(Need.SEMH),
        _coded(Need.SLCN),
        _coded(Need.MLD),
        _coded(Need.SLD),
        _coded(Need.PD),
        _coded(Need.SPLD),
        _coded(Need.PMLD),
        _coded(Need.HI),
        _coded(Need.VI),
        _coded(Need.MSI),
        _coded(Need.OTH, ", with Down syndrome", Need.DS),
        _need("unknown", "Not recorded", "have no primary need recorded", "number_need_unknown"),
    ),
)


# 20 weeks


def _issued_in_time(
    slug: str, title: str, phrase: str, within: str, issued: str, lait: str, left_out: str
) -> BenchmarkMeasure:
    """Return the measure of plans issued within 20 weeks of the request, as a share of plans issued."""
    return BenchmarkMeasure(
        slug=slug,
        title=title,
        phrase=phrase,
        better=Better.HIGHER,
        part=(f"timeliness_20_week.{within}",),
        part_title="Within 20 weeks",
        whole=(f"timeliness_20_week.{issued}",),
        whole_title="Plans issued",
        percentage=f"lait_send_measures.{lait}",
        numerator="Plans issued in the calendar year, within 20 weeks of the request for an assessment.",
        denominator="Plans issued in the calendar year.",
        left_out=(
            f"{left_out} A plan counts in the year it is issued, so a council that works off a backlog "
            "shows a lower share while it does so."
        ),
        source=SEN2_AND_LAIT,
    )


TIMELINESS_20_WEEKS = Benchmark(
    slug="timeliness_20_weeks",
    title="Plans issued within 20 weeks",
    question="Are education, health and care (EHC) plans issued within 20 weeks as often as elsewhere?",
    period_kind=PeriodKind.CALENDAR,
    measures=(
        _issued_in_time(
            "excluding_exceptions",
            "Within 20 weeks, excluding exceptions",
            "of EHC plans without an exception were issued within 20 weeks",
            "plans_issued_20_weeks_ex",
            "plans_issued_den_ex",
            "SEN_EHC_Excpt_20wks",
            "Plans with an exception that the SEND Regulations allow, as in DfE's headline. Dorset and City of London "
            "gave all their new plans of 2024 an exception.",
        ),
        _issued_in_time(
            "including_exceptions",
            "Within 20 weeks, including exceptions",
            "of EHC plans were issued within 20 weeks",
            "plans_issued_within_20_weeks",
            "plans_issued_den",
            "SEN_EHC_All_20wks",
            "Nothing: plans with an exception count as well.",
        ),
    ),
)


# Requests

REQUESTS = Benchmark(
    slug="requests",
    title="Requests for an EHC needs assessment",
    question="Are requests for an education, health and care (EHC) needs assessment refused more often than elsewhere?",
    period_kind=PeriodKind.CALENDAR,
    measures=(
        BenchmarkMeasure(
            slug="refused",
            title="Requests refused",
            phrase="of requests for an EHC needs assessment were refused",
            better=Better.NEITHER,
            part=("requests.requests_decided_not_to_assess",),
            part_title="Refused",
            whole=("requests.requests_received_in_year",),
            whole_title="Requests",
            percentage="lait_send_measures.EHCP_Initial_req_refused",
            numerator="Requests of the calendar year after which the council decided not to assess.",
            denominator="Requests received in the calendar year, also those withdrawn or still undecided.",
            left_out="What mediation or the Tribunal changed later.",
            source=SEN2_AND_LAIT,
        ),
        BenchmarkMeasure(
            slug="six_weeks",
            title="Requests decided within six weeks",
            phrase="of decisions on requests for an EHC needs assessment were made within six weeks",
            better=Better.HIGHER,
            part=("requests.request_outcome_six_weeks",),
            part_title="Decided within six weeks",
            percentage="requests.request_outcome_six_weeks_pc",
            numerator="Requests of the calendar year decided within six weeks, the time that the law gives.",
            denominator="Decisions on those requests. DfE publishes the percentage, but not this number.",
            left_out="Requests withdrawn or still undecided. Not collected before 2023.",
        ),
        BenchmarkMeasure(
            slug="received",
            title="Requests received",
            phrase="requests for an EHC needs assessment were received",
            better=Better.NEITHER,
            part=("requests.requests_received_in_year",),
            part_title="Requests",
            numerator="Requests for an EHC needs assessment received in the calendar year.",
            denominator=(
                "Nothing: this is a count. The files hold no population, so it is of little use for "
                "comparing councils of different sizes."
            ),
            left_out="Nothing.",
        ),
    ),
)


# Spend

INMSS_SPEND = Benchmark(
    slug="inmss_spend",
    title="Spend on INMSS places",
    question=(
        "Is more spent on places in independent or non-maintained special schools (INMSS), for each resident aged 2 to "
        "18, than elsewhere?"
    ),
    period_kind=PeriodKind.FINANCIAL,
    measures=(
        BenchmarkMeasure(
            slug="per_head",
            title="Spend on INMSS places per head",
            phrase=(
                "for each resident aged 2 to 18 went to independent and non-maintained special schools and alternative "
                "provision"
            ),
            better=Better.NEITHER,
            part=("specialist_spend.total_spend",),
            part_title="Spend",
            whole=("specialist_spend.pop_est",),
            whole_title="Residents aged 2 to 18",
            is_money=True,
            numerator=(
                "High needs top-up funding of the financial year (April to March) for independent and non-maintained "
                "providers, which the council returned under special schools and alternative provision (section 251 "
                "outturn)."
            ),
            denominator=(
                "All residents aged 2 to 18, with a plan or without, as the Office for National Statistics estimates "
                "or projects their number."
            ),
            left_out=(
                "What councils returned under early years, primary, secondary or post-school, however much that is: "
                "West Sussex returned all of its spend of 2021-22 there. The file holds no totals of regions and "
                "England, and they are not added up here, as some councils have no figure."
            ),
            undefined=(
                "Not available where DfE's file has no amount, or 0: 0 is also used for councils that "
                "returned their spend elsewhere or did not exist yet, so it is not treated as nothing "
                "spent."
            ),
            nought="0 in DfE's file, which need not mean that nothing was spent",
            source=HIGH_NEEDS,
        ),
    ),
)

BENCHMARKS = (INMSS_SHARE, NEED_MIX, TIMELINESS_20_WEEKS, REQUESTS, INMSS_SPEND)
BY_SLUG = {benchmark.slug: benchmark for benchmark in BENCHMARKS}
