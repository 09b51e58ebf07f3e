from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [migrations.AddField("job", "heard_at", models.DateTimeField(null=True))]
