"""The Django app, the model and the system check that a folder becomes."""

import pytest
from django.apps import apps
from django.core import checks

from addons import apps as addon_apps
from addons.apps import AddonConfig
from addons.base import AddonRecord, RecordBase
from addons.discovery.checks import check_addons
from addons.discovery.registry import Registry, load, registry
from addons.models import Record
from addons.server.models import ServerRecord
from addons.stored.generated import record_model
from tenants.schema import TenantRow
from tests.addons.conftest import MakeAddon

ADDONS = pytest.mark.parametrize("name", [addon.name for addon in registry.addons])


@ADDONS
def test_an_addon_is_an_app_of_its_name_with_one_model(name: str) -> None:
    config = apps.get_app_config(name)
    addon = registry.get(name)
    model = record_model(addon)
    assert isinstance(config, AddonConfig)
    assert (config.verbose_name, config.path) == (addon.info.name, str(addon.folder))
    assert list(config.get_models()) == [model]
    assert apps.get_model(name, "record") is model


@ADDONS
def test_the_model_is_a_view_of_the_shared_table(name: str) -> None:
    addon = registry.get(name)
    model = record_model(addon)
    shared = Record if addon.info.scope == "tenant" else ServerRecord
    assert not model._meta.managed
    assert model._meta.db_table == shared._meta.db_table
    assert {field.column: field.db_type for field in model._meta.fields}.keys() == {field.column for field in shared._meta.fields}
    assert issubclass(model, AddonRecord)
    assert issubclass(model, RecordBase)
    assert issubclass(model, TenantRow) == (addon.info.scope == "tenant")


@ADDONS
def test_the_model_sees_and_makes_records_of_its_addon_alone(name: str) -> None:
    model = record_model(registry.get(name))
    for manager in (model._default_manager, model._base_manager):
        assert f'"addon" = {name}' in str(manager.all().query)


def test_no_folder_of_that_name_is_no_app() -> None:
    with pytest.raises(AttributeError, match="no folder of an addon has that name"):
        _ = addon_apps.addon_gone


def test_problems_are_warnings_that_name_addon_file_and_hint(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_addon(commit="import nowhere_to_be_found")
    monkeypatch.setattr("addons.discovery.checks.registry", Registry(lambda: load([folder.parent])))
    assert check_addons(None) == [
        checks.Warning(
            "addon 'door', commit.py, line 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'",
            hint="Install 'nowhere_to_be_found' where the console runs, or correct the import.",
            id="addons.E001",
        )
    ]


def test_the_bundled_addons_have_no_problem() -> None:
    assert registry.broken == ()
    assert check_addons(None) == []
