from django.db import migrations

# A job keeps its number, by which the queue knows it; what waits in the queue names the function that does it.
TO_JOBS = """
    INSERT INTO jobs_job (id, kind, subject, requested_by_id, requested_at, started_at, finished_at, cancel_asked,
        step, steps_done, steps, problem)
    SELECT id, kind,
        jsonb_strip_nulls(jsonb_build_object('month', month::text, 'report', report_id,
            'audience', nullif(audience, ''), 'folder', nullif(folder, ''))),
        requested_by_id, requested_at, started_at, finished_at, cancel_asked, step, steps_done, steps, problem
    FROM reports_job;
    SELECT setval(pg_get_serial_sequence('jobs_job', 'id'), max(id)) FROM jobs_job HAVING count(*) > 0;
    UPDATE django_tasks_database_dbtaskresult SET task_path = 'sen_dashboard.jobs.queue.run'
    WHERE task_path = 'sen_dashboard.reports.jobs.run';
"""
FROM_JOBS = """
    INSERT INTO reports_job (id, kind, month, report_id, audience, folder, requested_by_id, requested_at, started_at,
        finished_at, cancel_asked, step, steps_done, steps, problem)
    SELECT id, kind, (subject->>'month')::date, (subject->>'report')::bigint, coalesce(subject->>'audience', ''),
        coalesce(subject->>'folder', ''), requested_by_id, requested_at, started_at, finished_at, cancel_asked, step,
        steps_done, steps, problem
    FROM jobs_job WHERE kind IN ('COLLECT', 'WRITE', 'DELIVER', 'DIGEST');
    DELETE FROM jobs_job WHERE kind IN ('COLLECT', 'WRITE', 'DELIVER', 'DIGEST');
    SELECT setval(pg_get_serial_sequence('reports_job', 'id'), max(id)) FROM reports_job HAVING count(*) > 0;
    UPDATE django_tasks_database_dbtaskresult SET task_path = 'sen_dashboard.reports.jobs.run'
    WHERE task_path = 'sen_dashboard.jobs.queue.run';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_decisions_section"),
        ("jobs", "0001_initial"),
        ("django_tasks_database", "__first__"),
    ]

    operations = [
        migrations.RunSQL(TO_JOBS, FROM_JOBS),
        migrations.DeleteModel(name="Job"),
    ]
