"""The Django app of the addons, and one for each addon: `addons.apps.addon_NAME`, made from its folder when Django asks for it."""

from types import ModuleType
from typing import Any

from django.apps import AppConfig
from django.conf import settings

from addons.discovery.discover import addon_folders, info_of
from addons.discovery.importing import ensure_package, package_name

PREFIX = "addon_"


class AddonsConfig(AppConfig):
    name = "addons"
    label = "addons"
    verbose_name = "Addons"

    def ready(self) -> None:
        from addons.commits import commit  # noqa: F401  (they register themselves)
        from addons.discovery import checks  # noqa: F401  (they register themselves)
        from addons.stored import places, tenant_names, uses  # noqa: F401  (they register themselves)


class AddonConfig(AppConfig):
    """The app of one addon: its label is the addon's name, and its one model is made, not written."""

    default = False

    def import_models(self) -> None:
        from addons.discovery.registry import registry
        from addons.stored.generated import record_model  # here, because models can be made only once all apps are known

        # Without a module of models Django sends the app no post_migrate, so it would have no permissions.
        self.models_module = ModuleType(f"{self.name}.models")
        assert self.apps is not None
        self.models = self.apps.all_models[self.label]
        if self.label in registry:
            record_model(registry.get(self.label))


def __getattr__(name: str) -> Any:
    folder = next((each for each in addon_folders(settings.ADDON_DIRS) if name == PREFIX + each.name), None)
    if folder is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; no folder of an addon has that name")
    info = info_of(folder)
    ensure_package(folder)
    attributes = {
        "name": package_name(folder),
        "label": folder.name,
        "path": str(folder),
        "verbose_name": info.name if info else folder.name,
        "__module__": __name__,
    }
    return type(name, (AddonConfig,), attributes)
