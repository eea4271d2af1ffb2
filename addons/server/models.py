"""What the public schema holds of server-wide addons."""

from django.db import models

from addons.base import RecordBase
from addons.models import StateBase


class ServerRecord(RecordBase):
    """One record of any server-wide addon; the addons' own models are views of this table."""

    class Meta(RecordBase.Meta):
        db_table = "server_record"


class ServerState(StateBase):
    """A server-wide addon; its own operations are AstDB keys that belong to no tenant."""

    outputs = models.JSONField(default=dict)  # by tenant, the fingerprint of what the addon writes there
