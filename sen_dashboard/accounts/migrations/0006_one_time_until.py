from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_export")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="one_time_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="one-time password until"),
        ),
        # Whoever has one from before may use it for as long as one that is given now.
        migrations.RunSQL(
            "UPDATE accounts_user SET one_time_until = now() + interval '7 days' WHERE must_change_password",
            "UPDATE accounts_user SET must_change_password = true WHERE one_time_until IS NOT NULL",
        ),
        migrations.RemoveField(
            model_name="user",
            name="must_change_password",
        ),
    ]
