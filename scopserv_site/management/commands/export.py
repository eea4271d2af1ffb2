from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scopserv_site.life.left_out import left_out, left_out_of_site
from scopserv_site.sitefile.export import export_site, export_tenant
from scopserv_site.sitefile.writing import yaml_text
from tenants.audit.trail import note
from tenants.schema import TenantMissing


class Command(BaseCommand):
    help = "Writes the site as YAML on standard output; 'manage.py apply' reads it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="only this tenant, without nodes, trunks and server-wide addons")
        parser.add_argument("--secrets", action="store_true", help="with SIP secrets, AMI secrets and addons' secrets in clear text")

    def handle(self, *args: Any, tenant: str | None, secrets: bool, **options: Any) -> None:
        try:
            document = {"tenants": {tenant: export_tenant(tenant, secrets=secrets)}} if tenant else export_site(secrets=secrets)
        except TenantMissing as error:
            raise CommandError(str(error)) from None
        note("exported", kind="site file", actor="manage.py export", slug=tenant or "", values={"with secrets": secrets})
        self.stdout.write(yaml_text(document), ending="")
        for missing in left_out(tenant) if tenant else left_out_of_site():
            self.stderr.write(f"Left out: {missing}; 'manage.py addon check' says what is wrong.")
