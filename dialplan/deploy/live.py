"""What a running Asterisk has, and the steps that bring it to what it should have: all of it over AMI."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dialplan.build.diff import EntryDelta, LineDelta
from dialplan.build.model import HINT, Entry, Line
from dialplan.deploy.ami import Action, AMIClient, AMIRefused, Message, Response, action
from dialplan.deploy.ami_messages import LINE_BYTES

DIALPLAN, PJSIP = "pbx_config.so", "res_pjsip.so"  # the second one takes identifies and registrations along
_REGISTRATIONS = "registrar/contact"  # Asterisk's own family; its keys are a phone's name, ";@" and a hash
_REGISTRAR = "pbx_config"  # of lines from the files and over AMI alike; others' lines are none of our business
_RELOAD_SECONDS = 600.0
_WHOLE_CONTEXT = 40  # from so many extensions on, asking for their context is cheaper than for each of them
_APPLICATION = re.compile(r"^\s*([A-Za-z][A-Za-z0-9_]*): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a node says of itself."""

    version: str
    started: str
    applications: tuple[str, ...]


def read_facts(client: AMIClient) -> Facts:
    """Ask the node for its version, when it started, and which applications it has."""
    settings, status = client.do("CoreSettings").message, client.do("CoreStatus").message
    listing = client.command("core show applications")
    return Facts(
        version=settings.get("AsteriskVersion"),
        started=f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}",
        applications=tuple(sorted(set(_APPLICATION.findall(listing)))),
    )


def reload(client: AMIClient, module: str) -> None:
    """Reload one module; raises AMIRefused on what Asterisk itself notices, which is little: read back."""
    answer = client.send("Reload", Module=module, timeout=_RELOAD_SECONDS)
    if not answer.ok:
        raise AMIRefused(
            f"{client}: reload of {module} failed ({answer.text}): look at the warnings in Asterisk's log for the file and line"
        )


def fits(line: Line) -> bool:
    """Whether AMI can carry a line; a file can carry longer ones, and blanks at the beginning of the data."""
    return len(f"ApplicationData: {line.data}".encode()) <= LINE_BYTES and line.data == line.data.lstrip()


def apply_lines(client: AMIClient, delta: LineDelta) -> None:
    """Remove and put lines. Of what is refused, reading back tells."""
    require_permission(client, client.send_all([*map(_remove_line, delta.removed), *map(_put_line, delta.put)]))


def read_contexts(client: AMIClient, contexts: Iterable[str]) -> list[Line]:
    """All lines that Asterisk has in these contexts from files and AMI."""
    answers = client.send_all([action("ShowDialPlan", Context=context) for context in sorted(set(contexts))])
    return [line for answer in answers for line in _lines(answer.events)]


def read_includes(client: AMIClient, contexts: Sequence[str]) -> dict[str, list[str]]:
    """The contexts that each of these includes."""
    answers = client.send_all([action("ShowDialPlan", Context=context) for context in contexts])
    return {
        context: [event.get("IncludeContext") for event in answer.events if event.get("IncludeContext")]
        for context, answer in zip(contexts, answers, strict=True)
    }


def wrong_lines(client: AMIClient, delta: LineDelta) -> list[str]:
    """Read the extensions of a delta back; what is not as the delta wants it."""
    extens: dict[str, set[str]] = {}
    for line in (*delta.removed, *delta.put):
        extens.setdefault(line.context, set()).add(line.exten)
    whole = [context for context, found in extens.items() if len(found) >= _WHOLE_CONTEXT]
    single = [(context, exten) for context, found in extens.items() if context not in whole for exten in sorted(found)]
    answers = client.send_all([action("ShowDialPlan", Context=context, Extension=exten) for context, exten in single])
    # A request for 103 also lists _1XX, and other extensions that it would match.
    there = {
        _place(line): line
        for (context, exten), answer in zip(single, answers, strict=True)
        for line in _lines(answer.events)
        if line.exten == exten
    }
    there |= {_place(line): line for line in read_contexts(client, whole)}
    return compare_lines(delta, there)


def compare_lines(delta: LineDelta, there: dict[tuple[str, str, int], Line]) -> list[str]:
    """What of a delta is not in the lines that are there."""
    wanted = {_place(line): line for line in delta.put}
    wrong = [
        f"{_say(line)} did not load: Asterisk has {_say(there.get(place))}" for place, line in wanted.items() if there.get(place) != line
    ]
    return wrong + [f"{_say(line)} is still there" for line in delta.removed if _place(line) not in wanted and _place(line) in there]


def apply_entries(client: AMIClient, delta: EntryDelta) -> None:
    """Delete and put AstDB keys, each by its exact name: DBDelTree would take look-alike families along."""
    deletes = [action("DBDel", Family=entry.family, Key=entry.key) for entry in delta.removed]
    puts = [action("DBPut", Family=entry.family, Key=entry.key, Val=entry.value) for entry in delta.put]
    require_permission(client, client.send_all([*deletes, *puts]))


def forget_registrations(client: AMIClient, phones: Collection[str]) -> None:
    """Delete the registrations of phones that are gone or have a new secret.

    Asterisk keeps them: the next phone of that name, or whoever stole the old secret, would ring the old device.
    """
    if not phones:
        return
    listed = client.send("DBGetTree", Family=_REGISTRATIONS)
    keys = [event.get("Key").removeprefix(f"/{_REGISTRATIONS}/") for event in listed.events]
    deletes = [action("DBDel", Family=_REGISTRATIONS, Key=key) for key in keys if key.partition(";@")[0] in phones]
    require_permission(client, [listed, *client.send_all(deletes)])


def read_entries(client: AMIClient, keys: Iterable[tuple[str, str]]) -> list[Entry]:
    """What AstDB has under these families and keys; those without a value are left out."""
    wanted = list(keys)
    answers = client.send_all([action("DBGet", Family=family, Key=key) for family, key in wanted])
    return [
        Entry(family, key, answer.events[0].get("Val"))
        for (family, key), answer in zip(wanted, answers, strict=True)
        if answer.ok and answer.events
    ]


def wrong_entries(client: AMIClient, delta: EntryDelta) -> list[str]:
    """Read the keys of a delta back; what is not as the delta wants it."""
    put = {(entry.family, entry.key): entry for entry in delta.put}
    removed = {(entry.family, entry.key) for entry in delta.removed} - put.keys()
    there = {(entry.family, entry.key): entry for entry in read_entries(client, [*put, *removed])}
    wrong = [f"AstDB {'/'.join(place)} was not stored" for place, entry in put.items() if there.get(place) != entry]
    return wrong + [f"AstDB {'/'.join(place)} is still there" for place in removed if place in there]


def _put_line(line: Line) -> Action:
    place = {"Context": line.context, "Extension": line.exten}
    if line.priority == HINT:
        return action("DialplanExtensionAdd", **place, Priority="hint", Application=line.data, Replace="yes")
    data = {"Application": line.application, "ApplicationData": line.data}
    return action("DialplanExtensionAdd", **place, Priority=str(line.priority), **data, Replace="yes")


def _remove_line(line: Line) -> Action:
    return action("DialplanExtensionRemove", Context=line.context, Extension=line.exten, Priority=_priority(line))


def _lines(events: Iterable[Message]) -> Iterable[Line]:
    for event in events:
        priority = event.get("Priority")
        if event.get("Registrar") != _REGISTRAR or not priority:
            continue
        context, exten, application = event.get("Context"), event.get("Extension"), event.get("Application")
        if priority == "hint":
            yield Line(context, exten, HINT, "", application)
        else:
            yield Line(context, exten, int(priority), application, event.get("AppData"))


def _place(line: Line) -> tuple[str, str, int]:
    return line.context, line.exten, line.priority


def _priority(line: Line) -> str:
    return "hint" if line.priority == HINT else str(line.priority)


def _say(line: Line | None) -> str:
    if line is None:
        return "nothing there"
    what = line.data if line.priority == HINT else f"{line.application}({line.data})"
    return f"{line.exten},{_priority(line)} in {line.context}: {what[:80]}"


def require_permission(client: AMIClient, answers: Iterable[Response]) -> None:
    """Raise AMIRefused when the user may not do what was asked."""
    for answer in answers:
        if answer.text == "Permission denied":
            raise AMIRefused(f"{client}: permission denied. Give the user write = system,command,reporting,originate in manager.conf")
