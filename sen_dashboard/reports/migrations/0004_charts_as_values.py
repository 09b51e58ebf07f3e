"""Charts of reports become values. Until now a report kept the description from which Plotly drew them.

That description stays in ``charts_before``, and going back puts it where it was, unless a report has been collected
since. What it does not tell, such as which rows the marks show, is left empty: these marks lead nowhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.state import StateApps

GUARD = "pgtrigger_published_for_good_4a2ab"
"""It refuses every change of a published report."""
TONES = {"#F46A25": "second", "#A285D1": "third", "#28A197": "fourth"}
WRITTEN = (("&lt;", "<"), ("&gt;", ">"), ("%&#123;", "%{"), ("&#36;", "$"))
"""What was written for Plotly in place of signs."""
Json = dict[str, Any]


# A copy of the reader as it was on the day of this migration: from a description to the plain form of a chart.


def read(plotly: Json, title: str, events: list[Json]) -> Json:
    traces, layout = plotly["data"], plotly["layout"]
    is_bars = any(trace["type"] == "bar" for trace in traces)
    along, across = ("y", "x") if is_bars else ("x", "y")
    axis, categories, levels = layout[f"{across}axis"], traces[0][along], _levels(layout)
    series = [_series(trace, trace[along], trace[across], categories) for trace in traces]
    return {
        "shape": "bars" if is_bars else "lines",
        "along": {"title": "", "kind": "text" if is_bars else "month", "from_zero": False},
        "values": {
            "title": axis.get("title", {}).get("text", ""),
            "kind": _kind(axis, series, levels),
            "from_zero": axis.get("rangemode") == "tozero",
        },
        "categories": [_plain(category) for category in categories],
        "series": series,
        "levels": levels,
        "events": events,
        "title": title,
    }


def _series(trace: Json, places: list[str], values: list[Any], categories: list[str]) -> Json:
    if places != categories:  # the year before may have fewer points
        at = dict(zip(places, values, strict=True))
        values = [at.get(category) for category in categories]
    labels = trace.get("text") or [""] * len(categories)
    name = _plain(trace.get("name") or "")
    style = trace.get("line") or trace.get("marker") or {}
    return {
        "name": name,
        "marks": [
            {"value": value, "row": "", "label": _plain(label), "tone": None}
            for value, label in zip(values, labels, strict=True)
        ],
        "key": "",
        "tone": TONES.get(style.get("color", ""), "main"),
        "is_year_before": "year before" in name,
    }


def _plain(text: str) -> str:
    for written, sign in WRITTEN:
        text = text.replace(written, sign)
    return text


def _levels(layout: Json) -> list[Json]:
    names = {note["y"]: note["text"] for note in layout.get("annotations", ()) if note.get("xref") == "paper"}
    across = [shape["y0"] for shape in layout.get("shapes", ()) if shape.get("xref") == "paper"]
    return [{"name": names[height], "value": height} for height in across]


def _kind(axis: Json, series: list[Json], levels: list[Json]) -> str:
    if axis.get("tickprefix") == "£":
        return "pounds"
    if axis.get("ticksuffix") == "%":
        return "percent"
    drawn = [mark["value"] for one in series for mark in one["marks"]] + [level["value"] for level in levels]
    return "count" if all(float(value).is_integer() for value in drawn if value is not None) else "index"


# Reports


def convert(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    def to_values(report: Any) -> None:
        report.charts_before = {"internal": _converted(report.internal), "public": _converted(report.public)}

    _change_reports(apps, schema_editor, to_values)


def _converted(collected: Json) -> list[Json]:
    """Convert the chart of each figure; what was there before, in their order."""
    before = []
    for kpi in _kpis(collected):
        before.append({key: kpi[key] for key in ("chart", "events") if key in kpi})
        plotly, events = kpi["chart"], kpi.pop("events", [])
        kpi["chart"] = read(plotly, kpi["title"], events) if plotly else None
    return before


def restore(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _change_reports(apps, schema_editor, _restore)


def _restore(report: Any) -> None:
    if report.charts_before is None:
        raise IrreversibleError(
            f"The report of {report.month:%Y-%m}, version {report.version}, was collected with charts that the "
            "program before this one cannot read: discard it, or go back to a backup of the store."
        )
    for name, charts in report.charts_before.items():
        for kpi, before in zip(_kpis(getattr(report, name)), charts, strict=True):
            del kpi["chart"]
            kpi.update(before)
    report.charts_before = None


def _change_reports(
    apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, change: Callable[[Any], None]
) -> None:
    reports = apps.get_model("reports", "Report").objects.using(schema_editor.connection.alias)
    for key in list(reports.values_list("pk", flat=True)):
        report = reports.get(pk=key)
        change(report)
        with _unguarded(schema_editor):
            report.save(update_fields=["internal", "public", "charts_before"])


@contextmanager
def _unguarded(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    """Let a statement change a published report: nobody else's, since the table stays locked until the end."""
    schema_editor.execute(f"ALTER TABLE reports_report DISABLE TRIGGER {GUARD}")
    yield
    schema_editor.execute(f"ALTER TABLE reports_report ENABLE TRIGGER {GUARD}")


def _kpis(collected: Json) -> Iterator[Json]:
    return (kpi for section in collected["sections"] for kpi in section["kpis"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_given_out")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="charts_before",
            field=models.JSONField(
                blank=True,
                editable=False,
                help_text="The charts of a report collected before December 2026, as they were kept then.",
                null=True,
            ),
        ),
        migrations.RunPython(convert, restore),
    ]
