from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("addons", "0004_list_order_and_secrets")]

    operations = [
        migrations.AddField(
            model_name="addonstate", name="column_error", field=models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(model_name="addonstate", name="ran", field=models.DateTimeField(null=True)),
    ]
