from typing import Any

from django.db import migrations


def sort(apps: Any, schema_editor: Any) -> None:
    for tenant in apps.get_model("tenants", "Tenant").objects.filter(addons_allowed__isnull=False):
        tenant.addons_allowed = sorted(tenant.addons_allowed)
        tenant.save(update_fields=["addons_allowed"])


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_life_and_roles")]

    operations = [migrations.RunPython(sort, migrations.RunPython.noop)]
