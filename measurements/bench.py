"""Measure imports, KPIs and pages against the bare work, with pages in Chromium too; write measurements/results.md.

Only ratios within one run on one machine are comparable: machines differ and are shared, so times are just context.
Run by `make bench`, on a temporary embedded PostgreSQL.
"""

import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from measurements import accrual, browser, ledger
from measurements.report_pack import PackTiming, bench_pack, markdown
from measurements.timing import median_ms, timed

SCALES = (1, 20)
AS_AT = date(2019, 3, 31)
RESULTS = Path(__file__).with_name("results.md")


@dataclass(frozen=True)
class ImportTiming:
    """How long the rows take to import, and how long a bare COPY of them takes."""

    scale: int
    rows: int
    seconds: float
    copy_same_tables: float
    copy_bare_tables: float


@dataclass(frozen=True)
class KpiTiming:
    """Milliseconds and SQL statements of one KPI's query, figure and page, and of the page's SQL run bare."""

    slug: str
    query_ms: float
    query_statements: int
    chart_ms: float
    page_ms: float
    page_statements: int
    bare_ms: float


def bench_import(scale: int, folder: Path) -> ImportTiming:
    """Import a data set of ``scale`` councils into the empty store, then COPY the same rows bare."""
    from django.core.management import call_command

    from sen_dashboard.datasets import import_dataset

    data = folder / f"dataset_{scale}"
    call_command("make_dataset", str(data), scale=scale, verbosity=0, stdout=StringIO())
    seconds = timed(lambda: import_dataset(data))
    files = export_tables(folder)
    rows = sum(count for _, _, count in files)
    return ImportTiming(scale, rows, seconds, copy_same_tables(files), copy_bare_tables(files))


def record_tables() -> list[str]:
    """The tables an import fills, referenced tables before those that refer to them."""
    from sen_dashboard.datasets.contract import FILES

    return [spec.model._meta.db_table for spec in FILES]


def export_tables(folder: Path) -> list[tuple[str, Path, int]]:
    """Each table's rows as a file for COPY, with the number of rows."""
    from django.db import connection

    files = []
    for table in record_tables():
        path = folder / f"{table}.copy"
        with connection.cursor() as cursor, path.open("wb") as out:
            cursor.cursor.copy_expert(f"COPY {table} TO STDOUT", out)
            files.append((table, path, cursor.rowcount))
    return files


def copy_same_tables(files: list[tuple[str, Path, int]]) -> float:
    """Seconds to COPY the rows into the store's own tables, with every index, constraint and trigger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(record_tables())} CASCADE")
    seconds = timed(lambda: copy_in({table: path for table, path, _ in files}))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def copy_bare_tables(files: list[tuple[str, Path, int]]) -> float:
    """Seconds to COPY the rows into tables without any index, constraint or trigger."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, _, _ in files:
            cursor.execute(f"CREATE UNLOGGED TABLE bare_{table} AS TABLE {table} WITH NO DATA")
    seconds = timed(lambda: copy_in({f"bare_{table}": path for table, path, _ in files}))
    with connection.cursor() as cursor:
        for table, _, _ in files:
            cursor.execute(f"DROP TABLE bare_{table}")
    return seconds


def copy_in(files: dict[str, Path]) -> None:
    """COPY the files into their tables in one transaction, as fast as PostgreSQL can.

    As in an import, triggers do not look for an exemption (see ``loader``), and each table is analysed before the next
    refers to it: without either, the COPY would be many times slower than the import.
    """
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'; SET CONSTRAINTS ALL DEFERRED")
        for table, path in files.items():
            with path.open("rb") as rows:
                cursor.cursor.copy_expert(f"COPY {table} FROM STDIN", rows)
            cursor.execute(f"ANALYZE {table}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def bench_kpi(kpi: Any, client: Any) -> KpiTiming:
    """Time a KPI's parts and its page, and the page's SQL statements through bare psycopg2."""
    from sen_dashboard.core.charts import svg
    from sen_dashboard.core.kpi.addresses import mark_address
    from sen_dashboard.core.kpi.scope import Scope

    scope = Scope(AS_AT)
    result = kpi.query(scope)
    address = f"/kpis/{kpi.slug}/?as_at={AS_AT.isoformat()}"

    def page() -> None:
        response = client.get(address)
        assert response.status_code == 200, f"{address} answered {response.status_code}"

    statements = captured(page)
    return KpiTiming(
        slug=kpi.slug,
        query_ms=median_ms(lambda: kpi.query(scope)),
        query_statements=len(captured(lambda: kpi.query(scope))),
        chart_ms=median_ms(
            lambda: (chart := kpi.draw(result)) and svg.inline(chart, mark_address(kpi, scope))
        ),
        page_ms=median_ms(page),
        page_statements=len(statements),
        bare_ms=median_ms(lambda: run_bare(statements)),
    )


@dataclass(frozen=True)
class PageTiming:
    """Milliseconds and SQL statements of a page other than a KPI's, and of its SQL run bare."""

    name: str
    page_ms: float
    statements: int
    bare_ms: float


PAGES = {
    "overview": "/",
    "list of all plans, first page": "/kpis/ehcp_share/records/plans/",
    "list of all plans, as a file": "/kpis/ehcp_share/records/plans.csv",
    "school with most placements": "/schools/{school}/",
    "Finance's home": "/finance/",
    "findings of the reconciliation, first page": "/finance/reconciliation/",
}


def bench_page(name: str, address: str, client: Any) -> PageTiming:
    """Time a page as a reader gets it, and its SQL statements through bare psycopg2."""
    from django.db.models import Count

    from placements.models import Placement

    school = Placement.objects.values_list("school").annotate(number=Count("pk")).order_by("-number")[0][0]

    def page() -> None:
        response = client.get(address.format(school=school), {"as_at": AS_AT.isoformat()})
        assert response.status_code == 200, f"{address} answered {response.status_code}"
        b"".join(response)

    statements = captured(page)
    return PageTiming(name, median_ms(page), len(statements), median_ms(lambda: run_bare(statements)))


def captured(work: Callable[[], Any]) -> list[str]:
    """The SQL statements that ``work`` sends, with their values filled in; for a server-side cursor, its query."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        work()
    return [re.sub(r"^DECLARE .*? FOR ", "", query["sql"]) for query in context.captured_queries]


def run_bare(statements: list[str]) -> None:
    """Run the statements through psycopg2 alone and fetch their results."""
    from django.db import connection

    with connection.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


def sign_in() -> Any:
    """A test client signed in as an officer."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client

    from sen_dashboard.accounts.roles import Role

    client = Client(headers={"host": "localhost"})
    user, _ = get_user_model().objects.get_or_create(username="bench")
    officers, _ = Group.objects.get_or_create(name=Role.OFFICER)  # emptying the tables deletes it as well
    user.groups.add(officers)
    client.force_login(user)
    return client


def bench_browser() -> list[browser.BrowserTiming]:
    """Every KPI's page in Chromium."""
    from sen_dashboard.kpis import KPIS

    addresses = {kpi.slug: f"/kpis/{kpi.slug}/?as_at={AS_AT.isoformat()}" for kpi in KPIS}
    return browser.bench_browser(addresses, sign_in().cookies["sessionid"].value)


def report(
    imports: list[ImportTiming],
    kpis: dict[int, list[KpiTiming]],
    pages: dict[int, list[PageTiming]],
    pack: PackTiming,
    in_browser: list[browser.BrowserTiming],
    of_ledger: ledger.LedgerTiming,
    of_accrual: accrual.AccrualTiming,
) -> str:
    """The measurements as Markdown tables."""
    lines = [
        "# Measurements",
        "",
        f"Made by `make bench` on {platform.machine()} with {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, on a throw-away embedded PostgreSQL. Ratios are of one run; times are "
        "context, since machines differ and are shared.",
        "",
        "## Import",
        "",
        "`import_dataset` of the demonstration data set: read, checked, merged. Beside it a bare COPY of the same",
        "rows, into the same tables (with every index, constraint and trigger) and into tables with none.",
        "Aim: at least a fifth (0.20) of the bare COPY.",
        "",
        "| scale | rows | import, rows/s | COPY same tables, rows/s | ratio | COPY bare tables, rows/s | ratio |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for timing in imports:
        same, bare = (timing.rows / s for s in (timing.copy_same_tables, timing.copy_bare_tables))
        own = timing.rows / timing.seconds
        lines.append(
            f"| {timing.scale} | {timing.rows:,} | {own:,.0f} | {same:,.0f} | {own / same:.2f} "
            f"| {bare:,.0f} | {own / bare:.3f} |"
        )
    lines += [*ledger.markdown(of_ledger), *accrual.markdown(of_accrual)]
    for scale, timings in kpis.items():
        lines += [
            "",
            f"## KPIs at scale {scale}",
            "",
            "Milliseconds, median of several calls. “Bare” is every SQL statement of the page through psycopg2",
            "alone. Aim: page at most bare + 30 ms, and at most 12 statements.",
            "",
            "| KPI | query | statements | chart | page | statements | bare SQL | page − bare | page / bare |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        ]
        lines += [
            f"| {t.slug} | {t.query_ms:.1f} | {t.query_statements} | {t.chart_ms:.1f} | {t.page_ms:.1f} "
            f"| {t.page_statements} | {t.bare_ms:.1f} | {t.page_ms - t.bare_ms:.1f} | {t.page_ms / t.bare_ms:.2f} |"
            for t in timings
        ]
    lines += [
        "",
        "## Other pages",
        "",
        "The same for the overview, which asks every KPI about several days, for long lists, and for Finance.",
        "Aim: Finance's home at scale 1 under 150 ms.",
        "",
        "| scale | page | page | statements | bare SQL | page − bare | page / bare |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {scale} | {t.name} | {t.page_ms:.1f} | {t.statements} | {t.bare_ms:.1f} "
        f"| {t.page_ms - t.bare_ms:.1f} | {t.page_ms / t.bare_ms:.2f} |"
        for scale, timings in pages.items()
        for t in timings
    ]
    return "\n".join([*lines, *browser.markdown(in_browser), *markdown(pack)]) + "\n"


def bench_scale(scale: int, folder: Path) -> tuple[ImportTiming, list[KpiTiming], list[PageTiming]]:
    """All measurements at one scale, on a store emptied first."""
    from django.core.management import call_command

    from sen_dashboard.kpis import KPIS

    call_command("flush", interactive=False, verbosity=0)
    imported = bench_import(scale, folder)
    client = sign_in()
    kpis = [bench_kpi(kpi, client) for kpi in KPIS]
    return imported, kpis, [bench_page(name, address, client) for name, address in PAGES.items()]


def main() -> None:
    """Measure at every scale and write the results."""
    from sen_dashboard.store.embedded import throw_away_server

    with throw_away_server() as server, tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "sen_dashboard.settings",
            "DATABASE_URL": server.url,
            "SECRET_KEY": "only for measurements",
            "INSECURE_HTTP": "1",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)
        print("Measuring the import of a ledger …", file=sys.stderr)
        of_ledger = ledger.bench_ledger(Path(folder))
        imports, kpis, pages = [], {}, {}
        for scale in SCALES:
            print(f"Measuring at scale {scale} …", file=sys.stderr)
            imported, kpis[scale], pages[scale] = bench_scale(scale, Path(folder))
            imports.append(imported)
            if scale == 1:
                of_accrual = accrual.bench_accrual(AS_AT)
                pack = bench_pack(AS_AT, datetime.now(UTC))
                in_browser = bench_browser()
        django.db.connections.close_all()
        RESULTS.write_text(
            report(imports, kpis, pages, pack, in_browser, of_ledger, of_accrual), encoding="utf-8"
        )
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
