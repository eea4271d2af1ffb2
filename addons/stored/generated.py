"""The model of one addon: a view of the table that the records of all addons share, so that an author writes no model or migration."""

from typing import cast

from django.apps import apps
from django.db import models
from django.utils.text import format_lazy

from addons.base import AddonRecord, RecordBase
from addons.declarations.declare import is_given, source
from addons.discovery.loading import Addon
from tenants.schema import TenantRow

TABLES = {"tenant": "addons_record", "server": "server_record"}


def record_model(addon: Addon) -> type[RecordBase]:
    """The model "Record" of the addon's app: made once, with its own content type, permissions and log entries."""
    if "record" in apps.all_models[addon.name]:
        return cast(type[RecordBase], apps.all_models[addon.name]["record"])
    bases = (AddonRecord, TenantRow, RecordBase) if addon.info.scope == "tenant" else (AddonRecord, RecordBase)
    title = addon.info.name
    record = addon.info.record if is_given(addon.info.record) else title
    options = {
        "app_label": addon.name,
        "managed": False,
        "db_table": TABLES[addon.info.scope],
        "base_manager_name": "objects",
        "verbose_name": record if addon.is_list else format_lazy("{} settings", title),
        "verbose_name_plural": title,
        "indexes": [],  # the shared table has its own
    }
    attributes = {
        "__module__": __name__,
        "__qualname__": "Record",
        "__doc__": source(addon.info.description),
        "Meta": type("Meta", (RecordBase.Meta,), options),
        "addon": models.CharField(max_length=31, default=addon.name, editable=False),
    }
    return cast(type[RecordBase], type("Record", bases, attributes))
