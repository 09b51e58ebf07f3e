"""The extracts: each against a second calculation, the public ones attacked, with page and files alike."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from django.db import InternalError, transaction
from django.test import Client

from sen_dashboard.accounts.models import Export, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.benchmarking.models import Area, AreaKind, PublishedValue
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.disclosure.suppression import Protection, protect
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import plain
from sen_dashboard.core.kpi.published import Counts
from sen_dashboard.core.kpi.quantities import Addition, Contents, Quantity
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.web.tables import CodeColumn, kind_of
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports import services
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.extracts import BY_SLUG, EXTRACTS
from sen_dashboard.reports.extracts.census import census_day
from sen_dashboard.reports.extracts.dsg_plan import BANDS, Category
from sen_dashboard.reports.extracts.extract import PublicExtract, public_answer
from sen_dashboard.reports.models import GivenOut, Report
from sen_dashboard.reports.states import State
from tests.core.disclosure.reader import Reader
from tests.factories import make_child, make_plan, make_posting, make_user
from tests.kpi_pages.test_pages import words
from tests.kpis.random_council import AS_AT_DAYS, make_council
from tests.kpis.second_calculation import Records, load, need, penny, placement_open, plan_in_force, provision
from tests.kpis.second_calculation_money import annual_cost
from tests.reports.made import AT, make_report

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
PUBLIC = [extract for extract in EXTRACTS if isinstance(extract, PublicExtract)]
YEARS = (FinancialYear(2013), FinancialYear(2015), FinancialYear(2018), FinancialYear(2150))


@pytest.fixture(params=range(3), ids=lambda seed: f"seed{seed}")
def council(request: pytest.FixtureRequest) -> Records:
    """A random council whose postings name schools, or none."""
    make_council(request.param)
    for n, (school_id, year) in enumerate((s, y) for s in ("I0", "S1", None) for y in (2015, 2018)):
        school = {} if school_id is None else {"school_id": school_id}
        make_posting(
            month=date(year, 4 + n, 1),
            reference=f"X{n}",
            amount=Decimal(n * 1000 - 999),
            line="1.2.3",
            **school,
        )
    return load()


def rows_of(slug: str, day: date) -> list[dict[str, Any]]:
    return [vars(row) for row in BY_SLUG[slug].query(day).rows]


def inmss_on(records: Records, day: date) -> list[Any]:
    return [
        placement
        for placement in records.placements.values()
        if provision(records, placement) == "INMSS" and placement_open(records, placement, day)
    ]


def mean(amounts: list[Decimal]) -> Decimal | None:
    return penny(sum(map(Fraction, amounts), Fraction(0)) / len(amounts)) if amounts else None


def middle(amounts: list[Decimal]) -> Decimal | None:
    ordered = sorted(map(Fraction, amounts))
    half = len(ordered) // 2
    return penny((ordered[half] + ordered[-1 - half]) / 2) if ordered else None


# Against a second calculation


@pytest.mark.parametrize("year", YEARS, ids=str)
def test_schools_forum(council: Records, year: FinancialYear) -> None:
    before = year.plus(-1)

    def spend(of: FinancialYear, school: Any) -> Decimal | None:
        amounts = [
            posting.amount
            for posting in council.postings
            if posting.line == "1.2.3"
            and of.start <= posting.month <= of.end
            and (school == "all" or posting.school_id == school)
        ]
        return sum(amounts, Decimal(0)) if amounts else None

    def expected(school: Any) -> dict[str, Any]:
        now, then = (
            [one for one in inmss_on(council, day) if school == "all" or one.school_id == school]
            for day in (year.end, before.end)
        )
        costs = [annual_cost(council, one, year.end) or Decimal(0) for one in now]
        needs: dict[str, int] = {}
        for one in now:
            needs[need(council, one)] = needs.get(need(council, one), 0) + 1
        main = sorted(needs.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        spent, spent_before = spend(year, school), spend(before, school)
        known = spent is not None and spent_before is not None
        return {
            "placements": len(now),
            "placements_before": len(then),
            "placements_change": len(now) - len(then),
            "average_cost": mean(costs),
            "spend": spent,
            "spend_before": spent_before,
            "spend_change": spent - spent_before if known else None,
            "needs": ", ".join(f"{code} {number}" for code, number in main),
        }

    named = {one.school_id for day in (year.end, before.end) for one in inmss_on(council, day)}
    posted = [p for p in council.postings if p.line == "1.2.3" and before.start <= p.month <= year.end]
    named |= {posting.school_id for posting in posted if posting.school_id}
    schools = sorted(
        (council.schools[key] for key in named), key=lambda school: (school.name, school.school_id)
    )
    wanted = [{"school": s.name, "sector": s.sector, **expected(s.school_id)} for s in schools]
    if any(posting.school_id is None for posting in posted):
        wanted.append({"school": "Not posted to a school", "sector": "", **expected(None)})
    wanted.append({"school": "All schools", "sector": "", **expected("all")})
    assert rows_of("schools_forum", year.end) == wanted


@pytest.mark.parametrize("year", YEARS, ids=str)
def test_foi_need_year(council: Records, year: FinancialYear) -> None:
    days = [year.plus(n).end for n in range(-4, 1)]
    placed = {day: inmss_on(council, day) for day in days}
    rows = rows_of("foi_need_year", year.end)
    assert {(row["need"], row["day"]) for row in rows} == {(n, day) for n in (*Need, "ALL") for day in days}
    for row in rows:
        day = row["day"]
        of_need = [one for one in placed[day] if row["need"] in ("ALL", need(council, one))]
        sectors = [council.schools[one.school_id].sector for one in of_need]
        assert row["placements"] == len(of_need)
        assert row["independent"] == sectors.count("INDEPENDENT_SPECIAL")
        assert row["non_maintained"] == sectors.count("NON_MAINTAINED_SPECIAL")
        for key, attendance in (("day", "DAY"), ("residential", "RESIDENTIAL")):
            costs = [annual_cost(council, one, day) for one in of_need if one.attendance == attendance]
            known = [cost for cost in costs if cost is not None]
            assert row[f"{key}_placements"] == len(known)
            assert (row[f"{key}_average"], row[f"{key}_median"]) == (mean(known), middle(known))
            assert row[f"{key}_cost"] == (sum(known) if known else None)


CATEGORIES = {
    "INMSS": "INDEPENDENT",
    "SRP": "BASE",
    "SPECIAL": "SPECIAL",
    "POST_16": "POST_16",
    "OTHER": "OTHER",
}


def category(records: Records, plan: Any, day: date) -> str:
    for one in records.placements.values():
        if one.plan_id == plan.plan_id and placement_open(records, one, day):
            if records.schools[one.school_id].sector == "INDEPENDENT_MAINSTREAM":
                return "INDEPENDENT"
            return CATEGORIES.get(provision(records, one), "MAINSTREAM")
    return "NOT_RECORDED"


def band(born: date, day: date) -> str:
    august = date(day.year if day.month >= 9 else day.year - 1, 8, 31)
    age = august.year - born.year - ((born.month, born.day) > (8, 31))
    for key, oldest in zip(BANDS, (4, 10, 15, 19, 25), strict=False):
        if age <= oldest:
            return key
    return "aged_26_or_over"


@pytest.mark.parametrize("day", AS_AT_DAYS, ids=str)
def test_dsg_plan(council: Records, day: date) -> None:
    counts = {code: dict.fromkeys((*BANDS, "total"), 0) for code in Category.values}
    for plan in council.plans.values():
        if plan_in_force(plan, day):
            age = band(council.children[plan.child_id].date_of_birth, day)
            for code in (category(council, plan, day), "TOTAL"):
                for column in (age, "total"):
                    counts[code][column] += 1
    counts["HOSPITAL_OR_AP"] = dict.fromkeys((*BANDS, "total"))
    assert rows_of("dsg_plan", day) == [{"category": code, **numbers} for code, numbers in counts.items()]


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2018, 12, 1), "under_5"),
        (date(2013, 9, 1), "under_5"),
        (date(2013, 8, 31), "aged_5_to_10"),
        (date(2007, 8, 31), "aged_11_to_15"),
        (date(2002, 8, 31), "aged_16_to_19"),
        (date(1998, 9, 1), "aged_16_to_19"),
        (date(1998, 8, 31), "aged_20_to_25"),
        (date(1992, 9, 1), "aged_20_to_25"),
        (date(1992, 8, 31), "aged_26_or_over"),
    ],
)
def test_age_is_that_on_the_31_august_before(born: date, expected: str) -> None:
    make_plan(child=make_child(date_of_birth=born), issued_on=date(2018, 12, 31))
    (*_, everyone) = rows_of("dsg_plan", date(2019, 1, 17))
    assert [key for key in BANDS if everyone[key]] == [expected]


@pytest.fixture
def published() -> Callable[..., None]:
    """Stores figures of the council of the settings."""
    region = Area.objects.create(code="E12000008", name="South East", kind=AreaKind.REGION)
    kent = Area.objects.create(code="886", name="Kent", kind=AreaKind.AUTHORITY, region=region)

    def publish(indicator: str, value: int | None, symbol: str = "") -> None:
        PublishedValue.objects.create(
            indicator=indicator,
            area=kent,
            period="2018-19",
            period_kind="ACADEMIC",
            value=value,
            symbol=symbol,
            source_file="a.csv",
        )

    return publish


def test_sen2_crosscheck(council: Records, published: Callable[..., None]) -> None:
    published("caseload.ehcplans", 40)
    published("caseload.special_independent", 3)
    published("caseload.special_non_maintained", None, "x")
    published("sen_needs_all_plans.number_asd", 0)
    day = date(2019, 1, 17)
    plans = [plan for plan in council.plans.values() if plan_in_force(plan, day)]
    placed = [one for one in council.placements.values() if placement_open(council, one, day)]
    sectors = [council.schools[one.school_id].sector for one in placed]
    rows = {(row["breakdown"], row["item"]): row for row in rows_of("sen2_crosscheck", day)}
    everyone, independent, non_maintained, autism = (
        rows[key]
        for key in (
            ("All plans", "All plans"),
            ("Type of placement", "Independent special school"),
            ("Type of placement", "Non-maintained special school"),
            ("Primary need", "Autistic spectrum disorder (ASD)"),
        )
    )
    assert (everyone["held"], everyone["difference"]) == (len(plans), len(plans) - 40)
    assert everyone["difference_pct"] == pytest.approx(100 * (len(plans) - 40) / 40)
    held = sectors.count("INDEPENDENT_SPECIAL")
    assert (independent["held"], independent["difference"]) == (held, held - 3)
    assert non_maintained["held"] == sectors.count("NON_MAINTAINED_SPECIAL")
    assert non_maintained["published"] is non_maintained["difference"] is None
    assert non_maintained["not_available_because"].startswith("x:")
    with_autism = sum(plan.primary_need == "ASD" for plan in plans)
    assert (autism["held"], autism["difference"], autism["difference_pct"]) == (
        with_autism,
        with_autism,
        None,
    )
    for breakdown in ("Type of placement", "Primary need"):
        assert sum(row["held"] for key, row in rows.items() if key[0] == breakdown) == len(plans)
    extract = BY_SLUG["sen2_crosscheck"]
    assert f"so {40 - len(plans)} fewer are held here" in extract.sentence(extract.query(day))


def test_sen2_crosscheck_counts_down_syndrome_alike_held_and_published(
    published: Callable[..., None],
) -> None:
    """DfE has it in a column of its own from January 2026."""
    for code in ("DS", "OTH", "OTH"):
        make_plan(primary_need=code, issued_on=date(2018, 1, 1))
    published("sen_needs_all_plans.number_oth", 60)
    (other,) = (row for row in rows_of("sen2_crosscheck", date(2019, 1, 17)) if row["item"].endswith("(OTH)"))
    assert (other["held"], other["published"]) == (3, 60)
    published("sen_needs_all_plans.number_ds", 150)
    (other,) = (row for row in rows_of("sen2_crosscheck", date(2019, 1, 17)) if row["item"].endswith("(OTH)"))
    assert (other["held"], other["published"]) == (3, 210)


def test_without_published_figures_there_is_nothing_to_check() -> None:
    extract = BY_SLUG["sen2_crosscheck"]
    result = extract.query(date(2019, 1, 17))
    assert {row.published for row in result.rows} == {None}
    assert all(row.not_available_because for row in result.rows)
    assert "nothing to check against" in extract.sentence(result)


@pytest.mark.parametrize(
    ("year", "day"), [(2018, date(2019, 1, 17)), (2024, date(2025, 1, 16)), (2025, date(2026, 1, 15))]
)
def test_the_census_day_is_the_third_thursday_of_january(year: int, day: date) -> None:
    assert census_day(FinancialYear(year)) == day


@pytest.mark.parametrize(
    ("slug", "statements"),
    [("schools_forum", 2), ("foi_need_year", 1), ("dsg_plan", 1), ("sen2_crosscheck", 4)],
)
def test_statements(slug: str, statements: int, django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(statements):
        BY_SLUG[slug].query(DAY)


# What is public


def monthly_report(day: date, before: Sequence[Protection] = ()) -> Protection:
    """The public report of a month end."""
    return protect([kpi.keys.contents(kpi.query(Scope(day))) for kpi in KPIS], before, 5)


@pytest.mark.parametrize("extract", PUBLIC, ids=[extract.slug for extract in PUBLIC])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.assurance)])
def test_nobody_can_work_out_what_is_hidden(extract: PublicExtract[Any], seed: int) -> None:
    """Not even who has read the monthly report of the same day."""
    make_council(seed)
    before = monthly_report(DAY)
    found = protect([extract.keys.contents(extract.query(DAY))], [before], 5)
    assert any(0 < value < 5 for value in found.contents.shown.values())
    assert not found.exposed
    assert Reader([before, found]).learnt(found) == []
    alone = protect([extract.keys.contents(extract.query(DAY))], [], 5)
    assert not alone.exposed
    assert Reader([alone]).learnt(alone) == []
    answer, _ = public_answer(extract, DAY, [before], 5)
    small = [
        cell
        for row in answer.table.rows
        for cell in row
        if isinstance(cell.value, int) and 0 < cell.value < 5
    ]
    assert small == []
    assert answer.is_hidden


@pytest.mark.parametrize("extract", PUBLIC, ids=[extract.slug for extract in PUBLIC])
def test_every_sum_holds_and_names_what_the_table_counts(extract: PublicExtract[Any]) -> None:
    """A sum that is not true of the records would protect nothing."""
    make_council(2)
    contents: Contents = extract.keys.contents(extract.query(DAY))
    for kpi in KPIS:
        contents = Contents.merged([contents, kpi.keys.contents(kpi.query(Scope(DAY)))])
    values = contents.values

    def holds(one: Addition) -> bool:
        known = [values.get(quantity) for quantity in (one.whole, *one.parts)]
        return None in known or (known[0] == sum(known[1:]) and min(known) >= 0)

    assert [one.whole.text for one in contents.sums if not holds(one)] == []


def test_a_small_number_hides_its_average_and_one_more_number() -> None:
    make_council(0)
    answer, _ = public_answer(BY_SLUG["foi_need_year"], DAY, [], 5)
    keys = [column.key for column in answer.table.columns]
    for row in answer.table.rows:
        cells = dict(zip(keys, row, strict=True))
        for name in ("day", "residential"):
            few = cells[f"{name}_placements"].text == "c"
            assert (cells[f"{name}_average"].text in ("c", "z")) >= few
            if cells[f"{name}_placements"].text == "0":
                assert cells[f"{name}_average"].text == "z"


# What is given out


def given(manager: Client, slug: str, **asked: str) -> list[list[str]]:
    """The rows of a public extract's file."""
    response = manager.post(f"/reports/extracts/{slug}.csv", query_params={"audience": "public", **asked})
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_what_was_given_out_is_kept_once_and_for_good(manager: Client) -> None:
    make_council(0)
    manager.get("/reports/extracts/dsg_plan/", {"audience": "public", "year": "2018-19"})
    manager.get("/reports/extracts/dsg_plan.csv", {"year": "2018-19"})
    assert not GivenOut.objects.exists()  # neither a look nor an internal file is given out
    first = given(manager, "dsg_plan", year="2018-19")
    assert given(manager, "dsg_plan", year="2018-19") == first
    kept = GivenOut.objects.get()
    assert (kept.what, kept.day, kept.given_by) == ("dsg_plan", date(2019, 1, 17), User.objects.get())
    for change in (lambda: kept.save(), lambda: kept.delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change()


def test_what_is_given_out_later_does_not_give_away_what_was_hidden_before(manager: Client) -> None:
    """Two days of one extract, another extract, then the monthly report."""
    make_council(0)
    for asked in ({"day": "2019-03-30"}, {"day": "2019-03-31"}):
        given(manager, "dsg_plan", **asked)
    given(manager, "foi_need_year", year="2018-19")
    before = services.public_protections()
    assert len(before) == 3
    public = [*before, monthly_report(DAY, before)]
    reader = Reader(public)
    assert [told for one in public for told in reader.learnt(one)] == []
    assert not any(one.exposed for one in public)


def test_a_number_that_was_public_before_is_named_to_who_gives_it_out(manager: Client) -> None:
    make_council(0)
    quantity = Quantity.of("plans", day=date(2019, 1, 17), band="under_5", category="OTHER")
    contents = BY_SLUG["dsg_plan"].keys.contents(BY_SLUG["dsg_plan"].query(date(2019, 1, 17)))
    shown = {one: n for one, n in contents.shown.items() if 0 < n < 5}
    protection = Protection(Contents(shown), 1, frozenset(), frozenset())
    make_report(state=State.PUBLISHED, protection=protection.plain())
    page = words(manager.get("/reports/extracts/dsg_plan/", {"audience": "public", "year": "2018-19"}))
    assert "hidden numbers can be worked out from what is already public" in page
    assert all(one.words in page for one in shown)
    assert quantity.words == "plans (band under_5, category OTHER, day 2019-01-17)"


# Pages and files


@pytest.fixture
def manager(client: Client) -> Client:
    make_posting(month=date(2019, 3, 1))
    client.force_login(make_user(Role.MANAGER))
    return client


def test_the_list_leads_to_each_extract(manager: Client) -> None:
    assert "/reports/extracts/" in manager.get("/reports/").content.decode()
    page = manager.get("/reports/extracts/").content.decode()
    for extract in EXTRACTS:
        assert f'href="/reports/extracts/{extract.slug}/"' in page


def test_officers_read_no_extract_and_see_no_link(client: Client) -> None:
    client.force_login(make_user(Role.OFFICER))
    assert "/reports/extracts/" not in client.get("/reports/").content.decode()
    assert client.get("/reports/extracts/").status_code == 403
    assert client.get("/reports/extracts/dsg_plan.csv").status_code == 403


def cells(page: str) -> list[list[str]]:
    """The cells of the page's table, row by row, without the headings."""
    from html.parser import HTMLParser

    found: list[list[str]] = []

    class Table(HTMLParser):
        inside = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag == "tr":
                found.append([])
            self.inside = tag in ("td", "th")
            if self.inside:
                found[-1].append("")

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag not in ("td", "th")

        def handle_data(self, data: str) -> None:
            if self.inside:
                found[-1][-1] += data.strip()

    Table().feed(page)
    return found[1:]


@pytest.mark.parametrize(
    ("slug", "audience"), [(extract.slug, audience) for extract in EXTRACTS for audience in extract.audiences]
)
def test_files_equal_the_page(manager: Client, slug: str, audience: str) -> None:
    make_council(1)
    asked = {"year": "2018-19", "audience": audience}
    page = manager.get(f"/reports/extracts/{slug}/", asked)
    shown = cells(page.content.decode())
    assert ("c" in {cell for row in shown for cell in row}) == (audience == "public")
    assert ("Confidential: a number from 1 to 4" in words(page)) == (audience == "public")
    assert {"public": "Public", "internal": "Official: sensitive"}[audience] in words(page)
    is_public = audience == Audience.PUBLIC
    save = manager.post if is_public else manager.get
    answer = save(f"/reports/extracts/{slug}.csv", query_params=asked)
    assert f"-{audience}.csv" in answer["Content-Disposition"]
    head, *lines = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    book = openpyxl.load_workbook(
        io.BytesIO(save(f"/reports/extracts/{slug}.xlsx", query_params=asked).getvalue())
    )
    first, *rows = book.active.iter_rows(values_only=True)
    assert list(first) == head
    assert len(lines) == len(rows) == len(shown)
    columns = [BY_SLUG[slug].table.base_columns[key] for key in head]
    for line, row, texts in zip(lines, rows, shown, strict=True):
        for column, in_csv, in_xlsx, text in zip(columns, line, row, texts, strict=True):
            if isinstance(column, CodeColumn):
                assert column.words.get(in_csv, "") == text, "codes stand as codes"
            else:
                assert is_same(in_csv, text.removeprefix("about ")), (in_csv, text)
            assert isinstance(in_xlsx, datetime) == (kind_of(column) is Kind.DAY), "days are days"
            assert in_csv == as_csv(in_xlsx) or float(in_csv) == pytest.approx(in_xlsx)
    if is_public:
        refused = manager.get(f"/reports/extracts/{slug}.csv", asked)
        assert (refused.status_code, "Use the buttons" in refused.content.decode()) == (405, True)
    notes = Export.objects.order_by("pk")
    assert [note.form for note in notes] == ["CSV", "XLSX"]
    assert all(note.what.endswith(audience) and note.rows == len(lines) for note in notes)


def as_csv(in_xlsx: Any) -> str:
    """What the CSV file holds where the workbook has the value."""
    return "" if in_xlsx is None else str(plain(in_xlsx.date() if isinstance(in_xlsx, datetime) else in_xlsx))


def is_same(in_csv: str, text: str) -> bool:
    """Whether a value of the file reads so on the page."""
    if text == "not available":
        return in_csv == ""
    try:
        number = float(
            text.removeprefix("about ").replace("£", "").replace(",", "").replace("−", "-").replace("%", "")
        )
    except ValueError:
        return in_csv.lstrip("'") == text or in_csv == iso(text)
    return abs(float(in_csv) - number) <= 0.5


def iso(text: str) -> str:
    """A day in words as a file has it; anything else as it is."""
    for day in (date(2015, 3, 31) + timedelta(days=n) for n in range(1500)):
        if text == f"{day.day} {day:%B} {day.year}":
            return day.isoformat()
    return text


@pytest.mark.parametrize(
    ("slug", "asked", "said"),
    [
        ("dsg_plan", {"year": "2018-20"}, "Enter a year such as 2018-19"),
        ("dsg_plan", {"year": "0001-02"}, "Enter a year such as 2018-19"),
        ("foi_need_year", {"year": "9998-99"}, "Enter a year such as 2018-19"),
        ("dsg_plan", {"day": "2019-02-30"}, "“2019-02-30” is not a date"),
        ("dsg_plan", {"audience": "press"}, "“press” is not one of internal, public."),
        ("schools_forum", {"audience": "public"}, "for internal use only"),
        ("sen2_crosscheck", {"audience": "public"}, "for internal use only"),
    ],
)
def test_what_cannot_be_shown_gives_a_sentence(
    manager: Client, slug: str, asked: dict[str, str], said: str
) -> None:
    page = manager.get(f"/reports/extracts/{slug}/", asked)
    assert page.status_code == 400
    assert said in words(page)
    file = manager.get(f"/reports/extracts/{slug}.csv", asked)
    assert (file.status_code, said in file.content.decode()) == (400, True)
    assert not Export.objects.exists()


@pytest.mark.parametrize("year", ["1901-02", "2198-99"])
@pytest.mark.parametrize("extract", EXTRACTS, ids=[extract.slug for extract in EXTRACTS])
def test_the_first_and_last_year_have_an_answer(manager: Client, extract: Any, year: str) -> None:
    for audience in extract.audiences:
        page = manager.get(f"/reports/extracts/{extract.slug}/", {"year": year, "audience": audience})
        assert page.status_code == 200


def test_the_spend_of_an_open_month_is_provisional(manager: Client) -> None:
    said = "Provisional: March 2019 is still open"
    assert said in words(manager.get("/reports/extracts/schools_forum/", {"year": "2018-19"}))
    assert said not in words(manager.get("/reports/extracts/schools_forum/", {"year": "2017-18"}))


def test_without_a_year_it_is_the_latest_that_is_over(manager: Client) -> None:
    assert "As at 17 January 2019" in words(manager.get("/reports/extracts/dsg_plan/"))
    chosen = manager.get("/reports/extracts/dsg_plan/", {"day": "2018-10-01"})
    assert "As at 1 October 2018" in words(chosen)


def test_what_a_published_report_hid_stays_hidden(manager: Client) -> None:
    """Who reads an extract has the report too: what that hid is no less hidden here."""
    make_council(1)
    before = monthly_report(DAY)
    make_report(state=State.PUBLISHED, published_at=AT, protection=before.plain())
    assert Report.objects.published().count() == 1
    extract = BY_SLUG["foi_need_year"]
    assert isinstance(extract, PublicExtract)
    shown = extract.keys.contents(extract.query(DAY)).shown
    page = manager.get("/reports/extracts/foi_need_year/", {"year": "2018-19", "audience": "public"})
    table = {(row[0], row[1]): row for row in cells(page.content.decode())}
    placements, hidden = extract.keys.row["placements"].access, before.hidden & shown.keys()
    assert isinstance(placements, Counts)
    rows = extract.query(DAY).rows
    hid = [row for row in rows if placements.of(None, extract.keys.row_key.of(row)).quantity in hidden]
    assert hid, "the report hid nothing that the extract counts"
    for row in hid:
        name = "All needs" if row.need == "ALL" else row.need
        (found,) = (c for (n, d), c in table.items() if name in n and d == formats.day(row.day))
        assert found[4] == "c"
