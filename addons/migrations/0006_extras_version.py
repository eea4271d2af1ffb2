from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("addons", "0005_runs_and_columns")]

    operations = [
        migrations.AddField(
            model_name="addonstate",
            name="extras_version",
            field=models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
    ]
