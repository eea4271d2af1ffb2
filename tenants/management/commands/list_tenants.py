from typing import Any

from django.core.management.base import BaseCommand

from tenants.addresses import console_address
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Lists the tenants: slug, company, host names."

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.exclude(schema_name="public").prefetch_related("domains")
        for tenant in tenants:
            hosts = ", ".join(domain.domain for domain in tenant.domains.all()) or console_address(tenant)
            self.stdout.write(f"{tenant.slug:<17}{tenant.name:<32}{hosts}")
        if not tenants:
            self.stdout.write("There is no tenant yet. Make one: manage.py create_tenant SLUG --name NAME")
