"""The order of the addons, what they lack of each other, and the registry that holds them."""

from collections.abc import Iterable

import pytest

from addons.discovery.importing import BUNDLED
from addons.discovery.loading import Addon, load_addon
from addons.discovery.registry import TARGETS, Loaded, Registry, UnknownAddon, in_order, load, registry
from tests.addons.conftest import MakeAddon


def loaded(folder_of: MakeAddon, **requires: tuple[str, ...]) -> Loaded:
    folders = [folder_of(name, requires=names) for name, names in requires.items()]
    return load([folders[0].parent])


def added(names: Iterable[str]) -> list[str]:
    """Without the bundled ones."""
    return [name for name in names if not (BUNDLED / name).is_dir()]


def test_each_addon_comes_after_those_it_requires_and_else_by_name(make_addon: MakeAddon) -> None:
    found = loaded(make_addon, zebra=(), alpha=("zebra",), beta=(), gamma=("alpha", "beta"))
    assert added(found.addons) == ["beta", "zebra", "alpha", "gamma"]
    assert found.order.index("beta") < found.order.index("paging") < found.order.index("multipage") < found.order.index("zebra")
    assert found.order == tuple(found.addons)
    assert found.broken == ()


def test_an_addon_that_requires_a_missing_or_broken_one_is_left_out_with_those_that_require_it(make_addon: MakeAddon) -> None:
    make_addon("broken", params="params = (")
    found = loaded(make_addon, alpha=("gone",), beta=("alpha",), gamma=("broken",), delta=())
    assert added(found.addons) == ["delta"]
    assert [str(problem) for problem in found.broken] == [
        "addon 'broken', params.py, line 2: syntax error: '(' was never closed",
        "addon 'alpha', info.py, line 2: requires addon 'gone', which is not there or is broken",
        "addon 'gamma', info.py, line 2: requires addon 'broken', which is not there or is broken",
        "addon 'beta', info.py, line 2: requires addon 'alpha', which is not there or is broken",
    ]


def test_a_broken_addon_keeps_its_place_in_the_order(make_addon: MakeAddon) -> None:
    make_addon("alpha", requires=("zebra",), params="params = (")
    assert added(loaded(make_addon, zebra=()).order) == ["zebra", "alpha"]


def test_addons_that_require_each_other_are_left_out(make_addon: MakeAddon) -> None:
    found = loaded(make_addon, alpha=("beta",), beta=("gamma",), gamma=("alpha",))
    message = "info.py, line 2: requires an addon that in the end requires this one, too"
    assert [str(problem) for problem in found.broken] == [f"addon '{name}', {message}" for name in ("alpha", "beta", "gamma")]
    assert added(found.order) == ["alpha", "gamma", "beta"]


def test_a_reference_to_an_addon_that_is_not_required(make_addon: MakeAddon) -> None:
    make_addon("door", params='params = [MultiList("m", "M", params=[Reference("group", "Group", to="paging")])]')
    make_addon(
        "bell", requires=("paging",), params='params = [Reference("group", "Group", to="paging"), Reference("bell", "Bell", to="bell")]'
    )
    found = loaded(make_addon, alpha=())
    (problem,) = found.broken
    assert str(problem) == (
        f"addon 'door', params.py, line 2: param 'group' refers to 'paging', which is none of {', '.join(TARGETS)}, door"
    )
    assert "bell" in found.addons


def test_two_addons_of_one_title(make_addon: MakeAddon) -> None:
    text = 'from addons.api import Info\ninfo = Info(name="{}", description="", version="1", scope="tenant")'
    make_addon("alpha", info=text.format("Door phone"))
    make_addon("beta", info=text.format("door Phone"))
    found = loaded(make_addon, gamma=())
    assert [str(problem) for problem in found.broken] == [
        "addon 'beta', info.py, line 2: the name 'door Phone' is that of addon 'alpha', too"
    ]
    assert "alpha" in found.addons


def test_the_order_does_not_depend_on_the_order_given() -> None:
    requires: dict[str, tuple[str, ...]] = {"c": (), "a": ("c",), "b": ("gone",)}
    assert in_order(requires) == in_order(dict(reversed(requires.items()))) == ("b", "c", "a")


def test_it_is_loaded_once() -> None:
    calls = []

    def loader() -> Loaded:
        calls.append(1)
        return load([])

    own = Registry(loader)
    assert not calls
    assert own.addons == own.addons
    assert "paging" in own
    assert len(calls) == 1


def test_an_unknown_name_gets_a_near_one_and_a_broken_one_its_fault(make_addon: MakeAddon) -> None:
    folder = make_addon("broken", params="params = (")
    own = Registry(lambda: load([folder.parent]))
    with pytest.raises(UnknownAddon, match=r"^There is no addon 'pagin'; did you mean 'paging'\?$"):
        own.get("pagin")
    with pytest.raises(UnknownAddon, match=r"^There is no addon 'x'\.$"):
        own.get("x")
    with pytest.raises(UnknownAddon, match=r"^addon 'broken', params.py, line 2: syntax error"):
        own.get("broken")


def test_an_addon_for_the_length_of_a_test(make_addon: MakeAddon) -> None:
    addon = load_addon(make_addon()).addon
    assert addon is not None
    before = registry.addons
    with registry.temporarily(addon) as same:
        assert registry.get("door") is same is addon
        assert "door" in registry.order
    assert registry.addons == before
    assert "door" not in registry


def test_an_addon_for_a_test_must_have_what_it_requires(make_addon: MakeAddon) -> None:
    addon = load_addon(make_addon(requires=("gone",))).addon
    assert isinstance(addon, Addon)
    with pytest.raises(ValueError, match="requires addon 'gone'"), registry.temporarily(addon):
        pass
    assert "door" not in registry


@pytest.mark.parametrize(
    ("scope", "files", "message"),
    [
        ("tenant", {"params": 'params = [Reference("who", "Who", to="tenant")]'}, "whom the staff of one tenant must not see"),
        ("server", {"params": 'params = [Reference("who", "Who", to="phone")]'}, "which each tenant has for itself"),
        ("server", {"params": 'params = [Reference("who", "Who", to="paging")]'}, "which each tenant has for itself"),
        ("server", {"phone_extra": 'params = [Text("who", "Who")]'}, "adds to a form of the tenants'"),
    ],
)
def test_what_an_addon_of_its_scope_cannot_reach(make_addon: MakeAddon, scope: str, files: dict[str, str], message: str) -> None:
    folder = make_addon(scope=scope, requires=("paging",), **files)
    assert message in str(Registry(lambda: load([folder.parent])).broken[0])
