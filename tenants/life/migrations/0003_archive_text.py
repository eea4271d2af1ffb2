from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("life", "0002_archives")]

    operations = [migrations.RenameField("archive", "sealed", "text")]
