"""Making and deleting tenants: all of it, or nothing."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

from tenants.addresses import default_domain
from tenants.audit.models import AuditEntry
from tenants.life.schema_template import make_schema, make_schema_template
from tenants.models import Domain, Tenant
from tenants.schema import find_tenant
from tenants.signals import tenant_created, tenant_deleted, tenant_deleting, tenant_renamed
from tenants.slugs import check_slug

validate_domain_name = DomainNameValidator(message="use a host name such as phones.example.net")


def create_tenant(slug: str, *, name: str, domain: str | None = None, node: str | None = None, is_template: bool = False) -> Tenant:
    """Makes the tenant with its schema, its host name (none, if that is empty) and its place on a node; a template is on none.

    Raises ValueError when the slug, the name, the domain or the node will not do.
    """
    check_slug(slug)
    if is_template and node:
        raise ValueError(f"Tenant {slug!r} is to be a template, which is on no node; leave the node out.")
    tenant = Tenant(schema_name=slug, name=name, is_template=is_template)
    _check(tenant)
    make_schema_template()
    with schema_context(get_public_schema_name()), transaction.atomic():
        if Tenant.objects.filter(schema_name=slug).exists():
            raise ValueError(f"Tenant {slug!r} exists already.")
        tenant.save()
        make_schema(slug)
        if domain is None and not settings.TENANT_PATHS:
            domain = default_domain(slug)
        if domain:
            add_domain(tenant, domain)
        tenant_created.send(Tenant, tenant=tenant, node=node)
    return tenant


def _check(tenant: Tenant) -> None:
    try:
        tenant.full_clean(validate_unique=False)
    except ValidationError as error:
        told = [f"{name}: {' '.join(found).removeprefix(f'{name}: ')}" for name, found in error.message_dict.items()]
        raise ValueError("; ".join(told)) from None


def check_host_free(host: str, tenant: Tenant | None = None) -> Domain:
    """The row that would let a tenant's console answer at this host name. Raises ValueError when it is taken or is no host name."""
    domain = Domain(tenant=tenant, domain=host)
    try:
        domain.clean()
        validate_domain_name(domain.domain)
        domain.full_clean(exclude=["tenant"])
    except ValidationError as error:
        raise ValueError(f"domain {host!r}: {' '.join(error.messages)}") from None
    return domain


def add_domain(tenant: Tenant, host: str) -> Domain:
    """Lets the tenant's console answer at this host name. Raises ValueError when it is taken or is no host name."""
    domain = check_host_free(host, tenant)
    domain.is_primary = not Domain.objects.filter(tenant=tenant).exists()  # whatever was read of it before
    domain.save()
    return domain


def rename_tenant(old: str, new: str) -> Tenant:
    """Gives the tenant, its schema and its usual host name another slug; people log in anew there.

    Raises TenantMissing, and ValueError when the new slug or host name will not do.
    """
    check_slug(new)
    with schema_context(get_public_schema_name()), transaction.atomic():
        tenant = find_tenant(old)
        if Tenant.objects.filter(schema_name=new).exists():
            raise ValueError(f"Tenant {new!r} exists already.")
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
        tenant.schema_name = new
        tenant.save(update_fields=["schema_name"])
        for domain in tenant.domains.filter(domain=default_domain(old)):
            domain.domain = check_host_free(default_domain(new)).domain
            domain.save()
        AuditEntry.objects.filter(tenant=tenant.pk).update(slug=new)
        tenant_renamed.send(Tenant, tenant=tenant, old=old)
    return tenant


def delete_tenant(slug: str) -> None:
    """Drops the tenant with all it owns; its nodes forget it. Raises TenantMissing."""
    with schema_context(get_public_schema_name()), transaction.atomic():
        tenant = find_tenant(slug)
        tenant_deleting.send(Tenant, tenant=tenant)
        tenant.delete(force_drop=True)
        tenant_deleted.send(Tenant, slug=slug)
