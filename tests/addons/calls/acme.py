"""The tenant that the calls are made in: its records, and the files that they make for a private Asterisk."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from addons.discovery.registry import registry
from addons.testing import Raw, committed
from dialplan.build.diff import EntryDelta
from dialplan.build.layers import Merged, merge
from dialplan.build.model import AddLine, Entry, Layer, Line
from dialplan.build.names import place_entry, place_line
from dialplan.build.pjsip import phone_sections, transport_sections, trunk_sections
from dialplan.build.sections import LineInSpec, LineOutSpec, PhoneSpec, TrunkSpec, line_in_layer, line_out_layer, phone_layer
from dialplan.build.text import dialplan_text, node_dialplan_text, node_pjsip_text, pjsip_text
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.live import apply_entries

SLUG = "acme"
CARRIER = "carrier"
PIN = "4711"
RING_SECONDS = 1
MESSAGES = 3

BOX = {"voicemail": {"enabled": True, "pin": PIN, "greeting": "beep"}}
FORWARDS = {"callforward": {"allowed": True}}
PHONES: dict[str, Raw] = {
    "101": {},
    "102": {},
    "103": {"voicemail": {"enabled": True, "greeting": "beep"}},
    "104": BOX,
    "105": FORWARDS | BOX,
    "106": {"callforward": {"allowed": True, "number": "95145550006", "outside": True}},
}
IDS = {number: int(number) - 100 for number in PHONES}
LINES_IN: list[Raw] = [
    {"number": "5145550101", "destination": "101"},
    {"number": "5145550105", "destination": "105"},
    {"number": "5145550106", "destination": "106"},
    {"number": "5145550600", "destination": "ringgroup:600"},
    {"number": "5145550199", "destination": "101", "extra": {"blacklist": {"screened": False}}},
    {"number": "5145550198", "destination": "101", "extra": {"blacklist": {"anonymous": True}}},
]
TODAY = date.today().isoformat()
ALWAYS = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "time": "00:00-23:59"}]
ADDONS: dict[str, Sequence[Raw]] = {
    "ringgroup": [
        {"number": "600", "members": ["101", "102"], "seconds": 1, "after": "103"},
        {"number": "601", "members": ["101", "102"], "seconds": 1, "strategy": "turn", "after": "voicemail:104"},
    ],
    "ivr": [
        {
            "number": "700",
            "greeting": "beep",
            "seconds": 1,
            "tries": 2,
            "dial": True,
            "otherwise": "103",
            "keys": [{"key": "1", "destination": "ringgroup:600"}, {"key": "*", "destination": "external:95145550007"}],
        }
    ],
    "timecondition": [
        {"number": "800", "code": "*800", "hours": [{}], "open": "101", "closed": "102"},
        {"number": "801", "hours": [{"days": ["fri"], "time": "22:00-06:00"}], "open": "101", "closed": "102"},
        {"number": "802", "hours": ALWAYS, "holidays": [{"date": TODAY}], "open": "101", "closed": "102"},
        {"number": "803", "hours": ALWAYS, "holidays": [{"date": f"2000{TODAY[4:]}", "yearly": True}], "open": "101", "closed": "102"},
        {"number": "805", "hours": ALWAYS, "open": "timecondition:806"},
        {"number": "806", "hours": ALWAYS, "open": "timecondition:805"},
        {"number": "804", "hours": ALWAYS, "holidays": [{"date": f"2000{TODAY[4:]}"}], "open": "101", "closed": "102"},
    ],
    "conference": [{"number": "900"}, {"number": "901", "pin": PIN, "moderator_pin": "1234", "wait": True}],
    "skeleton": [{"number": "*55", "code": PIN, "after": "phone", "phone": "101"}],
    "voicemail": [{"messages": MESSAGES}],
    "blacklist": [{"number": "+15145556666", "note": "Sells windows"}],
}
CLOCKS = {  # what staff's lines dial, at what time opening hours take it to be
    "8000": ("800", "2024-07-01 12:00:00"),
    "8001": ("800", "2024-07-01 17:00:00"),
    "8002": ("801", "2024-07-05 21:59:59"),
    "8003": ("801", "2024-07-05 22:00:00"),
    "8004": ("801", "2024-07-06 05:59:59"),
    "8005": ("801", "2024-07-06 06:00:00"),
    "8009": ("*800", "2024-07-01 12:00:00"),
}
BOXES = {"8103": "103"}  # what staff's lines dial to be in a box at once


def write(server: PrivateAsterisk, carrier_port: int) -> None:
    """The files, before Asterisk starts."""
    sections = [*transport_sections(f"127.0.0.1:{server.sip_port}"), *trunk_sections(TrunkSpec(CARRIER, "127.0.0.2", carrier_port))]
    tenants = server.folder / "tenants"
    tenants.mkdir(parents=True)
    (tenants / f"{SLUG}.conf").write_text(dialplan_text(place_line(SLUG, line) for line in merged().live_lines))
    (tenants / f"{SLUG}.pjsip.conf").write_text(pjsip_text(phone_sections(SLUG, phones())))
    (server.folder / "extensions.conf").write_text(node_dialplan_text([SLUG], {CARRIER: [f"{SLUG}-in-{CARRIER}"]}))
    (server.folder / "pjsip.conf").write_text(node_pjsip_text([SLUG], sections))


def fill(server: PrivateAsterisk, ids: Mapping[str, int] = IDS) -> None:
    """The keys that the console owns, put as a deployment puts them."""
    put(server, merged(ids).live_entries)


def put(server: PrivateAsterisk, entries: Iterable[Entry]) -> None:
    with server.client() as client:
        apply_entries(client, EntryDelta(removed=(), put=tuple(place_entry(SLUG, entry) for entry in entries)))


def phones() -> list[PhoneSpec]:
    return [PhoneSpec(number, f"Phone {number}", secret(number), ring_seconds=RING_SECONDS) for number in PHONES]


def secret(number: str) -> str:
    return f"secret{number}"


def merged(ids: Mapping[str, int] = IDS) -> Merged:
    """The sections, staff's lines, and every addon."""
    infos: Mapping[str, Any] = {
        "phone": [{"number": number, "id": ids[number], "ring_seconds": RING_SECONDS, "extra": extra} for number, extra in PHONES.items()],
        "line_in": LINES_IN,
    }
    sections = [
        phone_layer(phones()),
        line_in_layer([LineInSpec(line["number"], CARRIER, *goal(line["destination"])) for line in LINES_IN], phones()),
        line_out_layer([LineOutSpec("local", "9NXXXXXXXXX", CARRIER, strip=1)]),
        Layer("staff", tuple(AddLine(line) for line in staff())),
    ]
    addons = [written(name, infos) for name in sorted({*ADDONS, "callforward", "voicemail"})]
    return merge([*sections, *addons])


def staff() -> list[Line]:
    found = [Line("internal", exten, 1, "Goto", f"{{tenant}}-voicemail,{box},1") for exten, box in BOXES.items()]
    for exten, (number, moment) in CLOCKS.items():
        seconds = int(time.mktime(time.strptime(moment, "%Y-%m-%d %H:%M:%S")))
        found += [Line("internal", exten, 1, "Set", f"TESTTIME={seconds}.0"), Line("internal", exten, 2, "Goto", f"{number},1")]
    return found


def written(name: str, infos: Mapping[str, Any]) -> Layer:
    """What one addon writes, with the records of the others around it."""
    others = {other: records for other, records in ADDONS.items() if other != name}
    return committed(registry.get(name), ADDONS.get(name, ()), **infos, **others).layer(SLUG)


def goal(destination: str) -> tuple[str, str]:
    """Where an incoming line leads, as the phone system finds it."""
    name, colon, key = destination.partition(":")
    target = registry.get(name).destination if colon else None
    return target.place(key) if target else (destination, "")
