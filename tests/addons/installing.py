"""An addon of a test, with its section in the real consoles: pages, permissions, and everything else that a bundled one has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.contenttypes.models import ContentType
from django.urls import clear_url_caches, path

from addons.discovery.loading import Addon, load_addon
from addons.discovery.registry import registry
from addons.pages.admin import record_admin
from addons.stored.generated import record_model
from scopserv_site import sites, urls_operator, urls_tenant


@contextmanager
def installed(folder: Path) -> Iterator[Addon]:
    """Has the addon in the registry and on its console during the block."""
    addon, problems = load_addon(folder)
    assert addon is not None, problems
    console = sites.operator_console if addon.info.scope == "server" else sites.tenant_console
    app = type("App", (AppConfig,), {"path": str(folder), "label": addon.name, "verbose_name": addon.info.name})
    config: Any = app(addon.name, ModuleType(addon.name))
    with registry.temporarily(addon):
        config.apps, config.models, config.models_module = apps, apps.all_models[addon.name], config.module
        apps.app_configs[addon.name] = config
        try:
            model = record_model(addon)
            console.register(model, record_admin(addon))
            _know_urls()
            yield addon
        finally:
            console.unregister(apps.all_models[addon.name]["record"])
            del apps.app_configs[addon.name], apps.all_models[addon.name]
            apps.clear_cache()
            ContentType.objects.clear_cache()
            _know_urls()


def _know_urls() -> None:
    for urls, console in ((urls_tenant, sites.tenant_console), (urls_operator, sites.operator_console)):
        urls.urlpatterns[-1] = path("", console.urls)  # where each has its console
    clear_url_caches()
