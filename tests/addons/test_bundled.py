"""What holds for every addon that is there: parametrized over the registry."""

import re
from contextlib import nullcontext
from typing import Any

import pytest

from addons import api
from addons.api import Boolean, MultiList
from addons.declarations.errors import ParamError, RecordErrors
from addons.declarations.params import Param
from addons.declarations.records import clean_record, with_defaults
from addons.discovery.importing import BUNDLED
from addons.discovery.loading import SECTIONS, Addon
from addons.discovery.registry import registry
from addons.testing import SERVER, committed
from dialplan.build.model import Line
from dialplan.build.policy import check_staff_line

KEYS = ("*71", "671", "5145550100")
ADDONS = pytest.mark.parametrize("addon", registry.addons, ids=lambda addon: addon.name)


@ADDONS
def test_everything_has_words_for_people(addon: Addon) -> None:
    assert addon.info.description.endswith(".")
    for param in params_of(addon):
        assert not param.help or param.help.endswith(".")


@ADDONS
def test_a_record_without_what_is_required_says_so(addon: Addon) -> None:
    required = [param.name for param in addon.params if param.required and param.default is None]
    with pytest.raises(RecordErrors) if required else nullcontext() as caught:
        clean_record(addon.params, {})
    assert (caught.value.errors if caught else {}) == {(name,): "is required" for name in required}


@ADDONS
def test_a_cleaned_record_is_clean(addon: Addon) -> None:
    record = clean_record(addon.params, sample(addon))
    assert clean_record(addon.params, record) == record == with_defaults(addon.params, sample(addon))


@ADDONS
def test_a_commit_without_records_writes_nothing(addon: Addon) -> None:
    written = committed(addon)
    assert (written.operations, written.server_operations) == ({}, ())


@ADDONS
def test_committing_twice_gives_the_same(addon: Addon) -> None:
    slug = "acme" if addon.info.scope == "tenant" else SERVER
    infos: dict[str, Any] = {
        "phone": [{"number": "101", "extra": {addon.name: ticked(addon, "phone")}}],
        "line_in": [{"number": "5145550100", "extra": {addon.name: ticked(addon, "line_in")}}],
        "tenant": [{"tenant": "acme"}],
    }
    if addon.name == "multipage":
        infos["paging"] = [{"number": "*70"}]
    records = [sample(addon)] if addon.params else []
    first, second = (committed(addon, {slug: records} if records else (), **infos) for _ in range(2))
    third = committed(addon, {slug: records} if records else (), after=first, **infos)
    assert first.layer("acme").operations
    assert first.layer("acme") == second.layer("acme") == third.layer("acme")


def test_the_skeleton_shows_every_feature() -> None:
    skeleton = registry.get("skeleton")
    kinds = {type(param) for param in params_of(skeleton)}
    assert kinds == {kind for name in api.__all__ if isinstance(kind := getattr(api, name), type) and issubclass(kind, Param)}
    assert any(param.show_if for param in skeleton.params)
    assert any(param.group for param in skeleton.params)
    assert any(param.unique for param in skeleton.params)
    assert any(column.value for column in skeleton.columns["list"])
    assert set(skeleton.extras) == set(SECTIONS)
    assert skeleton.commit is not None
    assert skeleton.validate is not None


def params_of(addon: Addon) -> list[Param]:
    """All params of an addon: its own, those of rows, and those that it adds to sections."""
    params = [*addon.params, *(param for extra in addon.extras.values() for param in extra.params)]
    return [*params, *(inner for param in params if isinstance(param, MultiList) for inner in param.params)]


def sample(addon: Addon) -> dict[str, Any]:
    """The least that makes a record."""
    return {addon.key.name: next(each for each in KEYS if takes(addon.key, each))} if addon.key else {}


def takes(param: Param, value: str) -> bool:
    try:
        return param.clean(value) == value
    except ParamError:
        return False


def ticked(addon: Addon, section: str) -> dict[str, bool]:
    """What an addon adds to a section, switched on."""
    params = addon.extras[section].params if section in addon.extras else ()
    return {param.name: True for param in params if isinstance(param, Boolean)}


def test_staff_set_nothing_that_addons_read() -> None:
    """Else a jump into the middle of an addon's lines dials, plays and runs what staff wrote into its variable."""
    texts = [path.read_text() for path in BUNDLED.glob("*/commit.py")]
    read = re.compile(r"\$\{+_*([A-Z]\w*)(?=[:}])|(?:Read|CUT)\(([A-Z]\w*)")
    names = {name for text in texts for found in read.findall(text) for name in found if name}
    assert "PBX_BOX" in names
    for name in names - {"ASTSPOOLDIR", "EXTEN"}:  # which Asterisk sets itself
        with pytest.raises(ValueError, match=r"^data: Set: "):
            check_staff_line(Line("internal", "101", 1, "Set", f"__{name}=x"))
