"""What a commit function is given: reads of records, writes of dialplan and AstDB, each checked where it is called."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from addons.commits.kinds import Info, Readable
from addons.commits.routing import Routes
from addons.discovery.loading import Addon
from dialplan.build import names
from dialplan.build.model import HINT, AddLine, Entry, Line, Operation, PutEntry, RemoveEntries, RemoveLines

MOST = 200_000  # operations of one commit
_COMMAND = re.compile(r"(\w+)\((.*)\)", re.DOTALL)


class PbxError(ValueError):
    """A call that a commit function got wrong; says which argument, and what it may be."""


class Records(tuple[Info, ...]):
    """An addon's own records; which one a commit function is at is known, so that each line can say which record made it."""

    at: Callable[[str], None]
    key: str

    def __iter__(self) -> Iterator[Info]:
        try:
            for record in super().__iter__():
                self.at(str(record[self.key]))
                yield record
        finally:
            self.at("")


class Pbx:
    """The phone system as one addon may see and change it.

    Tenants are slugs and contexts are short names ("internal"). A tenant-scoped addon sees its tenant alone.
    """

    __slots__ = ("_addon", "_count", "_infos", "_routes", "_source", "_written", "operations", "reads", "server_operations")

    def __init__(self, addon: Addon, infos: Readable) -> None:
        self._addon = addon
        self._infos = infos
        self._count = 0
        self._source = ""
        self._written: Mapping[tuple[str, str], str] | None = None
        self._routes = Routes(self.get_infos, infos.addon)
        self.operations: dict[str, list[Operation]] = {}
        self.server_operations: list[Operation] = []
        self.reads: set[str] = set()

    @property
    def tenants(self) -> tuple[str, ...]:
        """The slugs of the tenants that this addon may write to."""
        self.reads.add("tenant")
        return self._infos.slugs

    @property
    def addon(self) -> str:
        """The addon's identity: the name of its folder."""
        return self._addon.name

    @property
    def addon_name(self) -> str:
        """The addon's title, for people."""
        return str(self._addon.info.name)

    @property
    def data(self) -> Any:
        """The same as get_config()."""
        return self.get_config()

    def get_infos(self, type: str) -> tuple[Info, ...]:
        """Records of a section ("phone", "line_in", "line_out", "trunk", "tenant") or of an addon: read-only mappings with "tenant".

        Extras of addons are record["extra"][ADDON][param]. Raises PbxError for an unknown type.
        """
        try:
            records = self._infos.get(type)
        except LookupError as error:
            raise PbxError(f"get_infos: {error}") from None
        self.reads.add(type)
        return records

    def get_config(self) -> Any:
        """This addon's own records as a tuple, or its one settings record when it has no list."""
        records = self.get_infos(self._addon.name)
        if self._addon.is_list:
            own = Records(records)
            own.at, own.key = self._at, self._addon.key.name if self._addon.key else ""
            return own
        return records[0] if records else self._infos.settings(self._addon)

    def get_written(self, family: str, key: str) -> str | None:
        """What this addon's last commit that went well wrote into an AstDB key; None where it wrote nothing."""
        if self._written is None:
            self._written = self._infos.written(self._addon)
        return self._written.get((family, key))

    def destination(self, value: str) -> list[str]:
        """The command that sends a call to a destination, such as ["Goto", "{tenant}-ringgroup", "600", "1"]; ["Hangup"] when it is gone.

        Raises PbxError where the addon serves all tenants at once, as a destination is a place of one.
        """
        if self._addon.info.scope == "server":
            raise PbxError("destination: a destination is a place of one tenant, and this addon serves all at once")
        place = _checked(self._routes.place, value)
        return ["Goto", f"{{tenant}}-{place[0]}", place[1], "1"] if place else ["Hangup"]

    def add_to_dialplan(self, tenant: str, context: str, exten: str, prio: int | str, cmd: Sequence[Any]) -> None:
        """Writes one line; `cmd` is [application, arg, ...], or [device] where `prio` is "hint". The same exten and prio is replaced."""
        priority, parts = _priority(prio), _command(cmd)
        if priority == HINT:
            line = Line(context, _exten(exten), HINT, "", ",".join(parts))
        else:
            line = Line(context, _exten(exten), priority, parts[0], ",".join(parts[1:]))
        self._write(tenant, AddLine(_checked(names.check_line, line), self._source), context)

    def add_extension(self, tenant: str, context: str, exten: str, commands: Iterable[str | Sequence[Any]]) -> None:
        """Writes the priorities of an extension from 1 on; a command is as for add_to_dialplan, or a text as "Playback(hello-world)"."""
        for priority, command in enumerate(commands, start=1):
            self.add_to_dialplan(tenant, context, exten, priority, _written(command) if isinstance(command, str) else command)

    def remove_from_dialplan(
        self, tenant: str, context: str, exten: str | None = None, prio: int | str | None = None, cmd: Sequence[Any] | None = None
    ) -> None:
        """Takes away a context's lines, an extension's, a priority's, or that very command; also what lower layers wrote."""
        if (exten is None and prio is not None) or (prio is None and cmd is not None):
            raise PbxError("remove_from_dialplan: to name a priority name the exten too, and to name a cmd name both")
        priority = None if prio is None else _priority(prio)
        application = data = None
        if cmd is not None:
            parts = _command(cmd)
            application, data = ("", ",".join(parts)) if priority == HINT else (parts[0], ",".join(parts[1:]))
        removal = RemoveLines(context, None if exten is None else _checked(names.check_exten, _exten(exten)), priority, application, data)
        self._write(tenant, removal, context)

    def add_to_database(self, family: str, key: str, value: str | int) -> None:
        """Adds or updates an AstDB key; a tenant-scoped addon's family is stored below its tenant's name."""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        self._check_family(family)
        _checked(names.check_key, key)
        _checked(names.check_value, text)
        self._write_database(PutEntry(Entry(family, key, text), self._source))  # type: ignore[arg-type]

    def remove_from_database(self, family: str, key: str | None = None) -> None:
        """Takes away a family with all below it, or a key with the keys below it; also what lower layers wrote."""
        self._check_family(family)
        if key is not None:
            _checked(names.check_key, key)
        self._write_database(RemoveEntries(family, key))

    getInfos = get_infos
    getConfig = get_config
    getWritten = get_written
    addToDialplan = add_to_dialplan
    addExtension = add_extension
    removeFromDialplan = remove_from_dialplan
    addToDatabase = add_to_database
    removeFromDatabase = remove_from_database

    def _at(self, source: str) -> None:
        self._source = source

    def _write(self, tenant: str, operation: Operation, context: str) -> None:
        if tenant not in self._infos.slugs:
            reach = "this addon may write to " + ", ".join(self._infos.slugs[:5]) if self._infos.slugs else "there is none yet"
            raise PbxError(f"tenant: {tenant!r} is out of reach; {reach}")
        _checked(names.check_context, context)
        if names.is_reserved_context(context):
            raise PbxError(f"context: {context!r} is written by the console itself; use another one")
        self._count_one()
        self.operations.setdefault(tenant, []).append(operation)

    def _write_database(self, operation: Operation) -> None:
        self._count_one()
        if self._addon.info.scope == "server":
            self.server_operations.append(operation)
        else:
            self.operations.setdefault(self._infos.slugs[0], []).append(operation)

    def _check_family(self, family: str) -> None:
        _checked(names.check_whole_family if self._addon.info.scope == "server" else names.check_family, family)

    def _count_one(self) -> None:
        self._count += 1
        if self._count > MOST:
            raise PbxError(f"more than {MOST} lines and keys; an addon may not write more in one commit")


def _checked(check: Any, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise PbxError(str(error)) from None


def _exten(exten: Any) -> str:
    return str(exten) if isinstance(exten, int) and not isinstance(exten, bool) else exten


def _priority(prio: Any) -> int:
    if prio == "hint":
        return HINT
    if isinstance(prio, bool) or not isinstance(prio, int) or prio < 1:
        raise PbxError(f'prio: {prio!r} is not a priority; use a whole number from 1, or "hint"')
    return int(_checked(names.check_priority, prio))


def _written(command: str) -> list[str]:
    """A command as it stands in an extensions.conf."""
    found = _COMMAND.fullmatch(command)
    if found is None:
        raise PbxError(f'commands: {command!r} is no command such as "Playback(hello-world)"')
    return [found[1], found[2]]


def _command(cmd: Any) -> list[str]:
    if isinstance(cmd, str) or not isinstance(cmd, Sequence) or not cmd:
        raise PbxError(f'cmd: {cmd!r} is not a list such as ["Playback", "hello-world"]')
    parts = [str(part) if isinstance(part, int) and not isinstance(part, bool) else part for part in cmd]
    if wrong := next((part for part in parts if not isinstance(part, str)), None):
        raise PbxError(f"cmd: {wrong!r} is not text; every part of {cmd!r} must be text or a whole number")
    return parts
