"""PJSIP objects: as a file names them, and as a running Asterisk has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dialplan.deploy.ami import AMIClient, Message, action
from dialplan.deploy.live import require_permission

# Asterisk's names for the options whose values come back as they were written.
_FIELDS = {
    "endpoint": {"context": "Context", "aors": "Aors", "auth": "Auth", "callerid": "Callerid", "outbound_auth": "OutboundAuth"},
    "auth": {"username": "Username", "password": "Password"},
    "aor": {"max_contacts": "MaxContacts"},
    "identify": {"endpoint": "Endpoint"},
}
_CALLERID_BYTES = 79  # Asterisk keeps no more of it


@dataclass(frozen=True, slots=True)
class Object:
    """One section of a pjsip file."""

    kind: str
    name: str
    options: tuple[tuple[str, str], ...]

    def get(self, option: str) -> str | None:
        return dict(self.options).get(option)


def read_objects(text: str) -> list[Object]:
    """The objects of a text that `build.text` wrote."""
    found: list[Object] = []
    for block in text.split("\n["):
        header, _, rest = block.partition("]\n")
        pairs = (line.partition(" = ") for line in rest.split("\n"))
        options = tuple((name, value.replace(r"\;", ";")) for name, equals, value in pairs if equals)
        kind = dict(options).get("type")
        if kind:
            found.append(Object(kind, header.removeprefix("["), options))
    return found


def wrong_objects(client: AMIClient, objects: Iterable[Object], gone: Iterable[str] = ()) -> list[str]:
    """Read objects back: those that are not there or differ in what can be compared, and endpoints that should be gone."""
    wanted: dict[str, dict[str, Object]] = {}
    for one in objects:
        wanted.setdefault(one.name, {})[one.kind] = one
    endpoints = [name for name, kinds in wanted.items() if "endpoint" in kinds]
    absent = sorted(set(gone) - set(endpoints))
    answers = client.send_all([action("PJSIPShowEndpoint", Endpoint=name) for name in (*endpoints, *absent)])
    require_permission(client, answers)
    wrong = [f"PJSIP endpoint {name} is still there" for name, answer in zip(absent, answers[len(endpoints) :], strict=True) if answer.ok]
    for name, answer in zip(endpoints, answers, strict=False):
        wrong += _wrong_endpoint(wanted[name], answer.events)
    return wrong + _wrong_registrations(client, wanted)


def _wrong_endpoint(wanted: dict[str, Object], events: Sequence[Message]) -> list[str]:
    there = {event.get("ObjectType"): event for event in events}
    wrong = []
    for kind, fields in _FIELDS.items():
        if one := wanted.get(kind):
            if kind not in there:
                wrong.append(f"PJSIP {kind} {one.name} did not load")
            else:
                wrong += [
                    f"PJSIP {kind} {one.name}: {option} is not what the file says"
                    for option, field in fields.items()
                    if not _same(option, one.get(option), there[kind].get(field))
                ]
    return wrong


def _same(option: str, wanted: str | None, there: str) -> bool:
    if option == "callerid" and wanted is not None and len(there.encode(errors="surrogateescape")) >= _CALLERID_BYTES:
        return wanted.encode()[: _CALLERID_BYTES // 2] == there.encode(errors="surrogateescape")[: _CALLERID_BYTES // 2]
    return wanted is None or wanted == there


def _wrong_registrations(client: AMIClient, wanted: dict[str, dict[str, Object]]) -> list[str]:
    registrations = [name for name, kinds in wanted.items() if "registration" in kinds]
    if not registrations:
        return []
    events = client.do("PJSIPShowRegistrationsOutbound").events
    there = {event.get("ObjectName"): event for event in events if event.get("ObjectType") == "registration"}
    return [
        f"PJSIP registration {name} did not load"
        for name in registrations
        if name not in there or there[name].get("ClientUri") != wanted[name]["registration"].get("client_uri")
    ]


def wrong_transports(client: AMIClient, objects: Iterable[Object]) -> list[str]:
    """Where Asterisk listens elsewhere than the file says; no reload changes that."""
    transports = {one.name: one.get("bind") or "" for one in objects if one.kind == "transport"}
    if not transports:
        return []
    rows = [line.split() for line in client.command("pjsip list transports").splitlines() if line.startswith("Transport:")]
    there = {words[1]: words[-1] for words in rows if len(words) > 2}
    return [
        f"PJSIP transport {name} is at {there.get(name, 'no address')}, not at {bind}: Asterisk changes that only when it is restarted"
        for name, bind in transports.items()
        if there.get(name) != bind
    ]
