from django.db import migrations

COUNT = """
    UPDATE public.tenants_tenant SET phones = (SELECT count(*) FROM dialplan_phone) WHERE schema_name = current_schema()
"""


class Migration(migrations.Migration):
    """Counts the phones that there are already; from now on each rebuild does."""

    dependencies = [("dialplan", "0005_one_audit_trail"), ("tenants", "0003_life_and_roles")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
