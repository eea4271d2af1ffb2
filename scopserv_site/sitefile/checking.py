"""From what was read to a SiteFile: every name is known, every value is of its kind. Asks no database."""

from collections.abc import Iterable, Iterator
from typing import Any

from addons.declarations.declare import ADDON_NAME
from addons.discovery.loading import Addon
from addons.discovery.registry import UnknownAddon, registry
from dialplan.build.sounds import check_sound_name
from dialplan.sounds.content import read_sound
from scopserv_site.sitefile.checking_dialplan import DialplanChecker
from scopserv_site.sitefile.faults import Faults, Path, unknown
from scopserv_site.sitefile.shape import (
    ALL,
    FILE_KEYS,
    LINES_IN,
    NODES,
    SECTIONS,
    SETTINGS,
    SOUNDS,
    STAFF,
    TENANT_KEYS,
    TRUNKS,
    Field,
    Part,
    RecordPart,
    Section,
    SiteFile,
    SoundPart,
    TenantPart,
)
from scopserv_site.sitefile.tree import Source, plain
from scopserv_site.sitefile.values import KINDS, address, from_base64, said, text
from tenants.slugs import check_slug


def check(source: Source) -> SiteFile:
    """The file's values. Raises BadFile with all that is wrong with its form."""
    faults = Faults()
    checker = _Checker(faults)
    file = checker.file(source.root)
    if faults:
        raise source.bad(faults)
    return file


class _Checker:
    """Walks the file; what is wrong goes to the faults, and what is good into the values."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def file(self, root: Any) -> SiteFile:
        table = self.named(root, (), FILE_KEYS)
        return SiteFile(
            nodes=tuple(self.parts(table.get("nodes"), ("nodes",), NODES)),
            trunks=tuple(self.parts(table.get("trunks"), ("trunks",), TRUNKS)),
            tenants=tuple(self.tenant(body, ("tenants", slug), slug) for slug, body in self.table(table.get("tenants"), ("tenants",))),
            addons_off=self.addon_names(table, (), "addons_off", "server"),
            addons=self.addons(table.get("addons"), ("addons",), "server"),
        )

    def tenant(self, body: Any, path: Path, slug: str) -> TenantPart:
        with self.faults.at(path):
            check_slug(slug)
        table = self.named(body, path, TENANT_KEYS)
        walk = DialplanChecker(self.faults, self.table)
        return TenantPart(
            path=path,
            slug=slug,
            name=self.one(table, path, Field("name")),
            nodes=self.texts(table["node"], (*path, "node"), single=True) if "node" in table else None,
            domains=self.texts(table["domains"], (*path, "domains"), single=True) if "domains" in table else None,
            settings=self.settings(table, path),
            addons_off=self.addon_names(table, path, "addons_off", "tenant"),
            trunks=self.texts(table["trunks"], (*path, "trunks"), single=True) if "trunks" in table else None,
            roles=self.roles(table["roles"], (*path, "roles")) if "roles" in table else None,
            staff=tuple(self.parts(table["staff"], (*path, "staff"), STAFF)) if "staff" in table else None,
            sections={
                section.name: tuple(self.parts(table[section.name], (*path, section.name), section))
                for section in SECTIONS
                if section.name in table
            },
            contexts=tuple(walk.contexts(table.get("contexts"), (*path, "contexts"))),
            entries=tuple(walk.entries(table.get("astdb"), (*path, "astdb"))),
            sounds=tuple(self.sounds(table.get(SOUNDS), (*path, SOUNDS))),
            addons=self.addons(table.get("addons"), (*path, "addons"), "tenant"),
        )

    def sounds(self, value: Any, path: Path) -> Iterator[SoundPart]:
        for name, written in self.table(value, path):
            with self.faults.at((*path, name)):
                check_sound_name(name)
                yield SoundPart((*path, name), name, read_sound(from_base64(written)))

    def settings(self, table: dict[str, Any], path: Path) -> dict[str, Any]:
        found = {each.attribute: self.one(table, path, each) for each in SETTINGS if each.name in table}
        if "addons_allowed" in table:
            unlimited = table["addons_allowed"] is None
            found["addons_allowed"] = None if unlimited else [*(self.addon_names(table, path, "addons_allowed", "tenant") or ())]
        return found

    def addon_names(self, table: dict[str, Any], path: Path, field: str, scope: str) -> tuple[str, ...] | None:
        """The addons of a list, sorted: also such as are not loaded, which may come back, but none of another scope; None without it."""
        if field not in table:
            return None
        names = self.texts(table[field], (*path, field))
        for index, name in enumerate(names):
            at = (*path, field, index)
            if name in registry and (addon := registry.get(name)).info.scope != scope:
                self.faults.add(at, f"addon '{name}' serves {_serves(addon.info.scope)}; named here are those that serve {_serves(scope)}")
            elif not ADDON_NAME.fullmatch(name):
                self.faults.add(at, f"{name!r} {unknown(name, (addon.name for addon in registry.addons))}")
        return tuple(sorted(names))

    def roles(self, value: Any, path: Path) -> dict[str, tuple[str, ...]]:
        return {name: self.texts(permissions, (*path, name)) for name, permissions in self.table(value, path)}

    def parts(self, value: Any, path: Path, section: Section) -> Iterator[Part]:
        known = [each.name for each in section.fields]
        more = (["extra"] if section.kind else []) + (["tenants"] if section is TRUNKS else [])
        for key, body in self.table(value, path):
            at = (*path, key)
            table = self.named(body, at, [*known, *more])
            values = {each.attribute: self.one(table, at, each) for each in section.fields if each.name in table}
            if section is NODES and values.get("ami") is not None:
                with self.faults.at((*at, "ami")):
                    values |= address(values["ami"])
            values.pop("ami", None)
            if section is LINES_IN and "@" in key:
                trunk = key.partition("@")[2]
                if values.setdefault("trunk", trunk) != trunk:
                    self.faults.add((*at, "trunk"), f"is {values['trunk']!r}, and the key says {trunk!r}")
            yield Part(
                path=at,
                key=key,
                name=key.partition("@")[0] if section is LINES_IN else key,
                values=values,
                extra=self.extras(table.get("extra"), (*at, "extra"), section) if "extra" in table else {},
                tenants=self.lent(table["tenants"], (*at, "tenants")) if "tenants" in table else None,
            )

    def lent(self, value: Any, path: Path) -> Any:
        return ALL if value == ALL else self.texts(value, path, "all, or a list of names")

    def extras(self, value: Any, path: Path, section: Section) -> dict[str, Any]:
        found = {}
        for name, body in self.table(value, path):
            addon = self.addon(name, (*path, name))
            if addon is None:
                continue
            if section.kind not in addon.extras:
                self.faults.add((*path, name), f"addon '{name}' adds nothing to {section.name}")
            found[name] = {key: plain(each) for key, each in self.table(body, (*path, name))}
        return found

    def addons(self, value: Any, path: Path, scope: str) -> dict[str, tuple[RecordPart, ...]]:
        found = {}
        for name, body in self.table(value, path):
            addon = self.addon(name, (*path, name))
            if addon is None:
                continue
            if addon.info.scope != scope:
                right = "addons at the left margin" if scope == "tenant" else "addons of a tenant"
                self.faults.add((*path, name), f"addon '{name}' serves {_serves(addon.info.scope)}; its records go under {right}")
            elif not addon.params:
                self.faults.add((*path, name), f"addon '{name}' has no records")
            else:
                found[name] = tuple(self.records(addon, body, (*path, name)))
        return found

    def records(self, addon: Addon, body: Any, path: Path) -> Iterator[RecordPart]:
        if not addon.is_list:
            yield RecordPart(path, "", {key: plain(each) for key, each in self.table(body, path)})
            return
        assert addon.key is not None
        seen: dict[str, str] = {}
        for name, record in self.table(body, path):
            at = (*path, name)
            given = {key: plain(each) for key, each in self.table(record, at)}
            with self.faults.at(at):
                key = str(addon.key.clean(name))
                if key in seen:
                    raise ValueError(f"is the same as {seen[key]!r}")
                seen[key] = name
                if addon.key.name in given and text(given[addon.key.name]) != name:
                    raise ValueError(f"{addon.key.name} is {given[addon.key.name]!r}, and the key says {name!r}")
                yield RecordPart(at, key, {**given, addon.key.name: key})

    def addon(self, name: str, path: Path) -> Addon | None:
        try:
            return registry.get(name)
        except UnknownAddon as error:
            self.faults.add(path, str(error))
            return None

    def named(self, value: Any, path: Path, known: Iterable[str]) -> dict[str, Any]:
        """A mapping whose keys are known; empty where it is none."""
        table = dict(self.table(value, path))
        known = list(known)
        for key in table:
            if key not in known:
                self.faults.add((*path, key), unknown(key, known))
        return table

    def table(self, value: Any, path: Path) -> Iterable[tuple[str, Any]]:
        """The pairs of a mapping; nothing at all is an empty one."""
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.faults.add(path, f"must be a mapping, not {said(value)}")
            return ()
        return value.items()

    def one(self, table: dict[str, Any], path: Path, field: Field) -> Any:
        """A field's value; None where it is absent or wrong."""
        if field.name not in table:
            return None
        with self.faults.at((*path, field.name)):
            return KINDS[field.kind](table[field.name])
        return None

    def texts(self, value: Any, path: Path, wanted: str = "a list of names", *, single: bool = False) -> tuple[str, ...]:
        """A list of texts, or where that may be, a single one."""
        if isinstance(value, str | int) and not isinstance(value, bool) and single:
            return (str(value),)
        if not isinstance(value, list):
            self.faults.add(path, f"must be {'a name or ' if single else ''}{wanted}, not {said(value)}")
            return ()
        found: list[str] = []
        for index, each in enumerate(value):
            with self.faults.at((*path, index)):
                if text(each) in found:
                    raise ValueError(f"{each!r} is there twice")
                found.append(text(each))
        return tuple(found)


def _serves(scope: str) -> str:
    return "all tenants at once" if scope == "server" else "each tenant by itself"
