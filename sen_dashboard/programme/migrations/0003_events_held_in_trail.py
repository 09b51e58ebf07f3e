from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_what_is_held(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An entry for each record that is held already, so that its first change has something before it."""
    model = apps.get_model("programme", "Event")
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    schema_editor.execute(
        f'INSERT INTO "{model._meta.db_table}trail"'
        f" (pgh_created_at, pgh_label, pgh_context, pgh_obj_id, {columns})"
        " SELECT clock_timestamp(), 'held', '{\"through\": \"Update of the program\"}',"
        f' "{model._meta.pk.column}", {columns} FROM "{model._meta.db_table}"'
    )


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_workstreams_and_actions")]

    operations = [migrations.RunPython(keep_what_is_held, migrations.RunPython.noop, elidable=True)]
