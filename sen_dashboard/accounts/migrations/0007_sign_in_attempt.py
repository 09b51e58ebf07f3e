from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_one_time_until")]

    operations = [
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=64)),
                ("address", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(fields=["at"], name="sign_in_attempt_at"),
        ),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(fields=["name"], name="sign_in_attempt_name"),
        ),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(fields=["address"], name="sign_in_attempt_address"),
        ),
    ]
