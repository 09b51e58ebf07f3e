"""What is kept of each form has a place of its own. What was kept before says of no form, and is of a day: it goes."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "KeptInput").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_sign_in_in_any_case"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="keptinput", name="kept_input_once"),
        migrations.AddField(
            model_name="keptinput",
            name="mark",
            field=models.CharField(default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="keptinput",
            constraint=models.UniqueConstraint(fields=("person", "address", "mark"), name="kept_input_once"),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
    ]
