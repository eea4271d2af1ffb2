"""What the layers above hear of a tenant's life; each is sent inside the transaction that makes it so."""

from django.dispatch import Signal

tenant_created = Signal()  # tenant: Tenant, node: str | None (the node's name that was asked for)
tenant_renamed = Signal()  # tenant: Tenant, old: str (its slug until now)
tenant_deleting = Signal()  # tenant: Tenant
tenant_deleted = Signal()  # slug: str; the tenant and its schema are gone
