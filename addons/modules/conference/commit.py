"""The dialplan of conferences: context `conference` asks for the PIN, `conference-join` and `conference-lead` hold the room.

The dialplan is shown to people who must not know a PIN, so it holds a digest; room and tenant are in it, so that equal PINs do not show.
"""

import hashlib

TRIES = 3


def commit(pbx):
    for room in pbx.get_config():
        slug, number = room["tenant"], room["number"]
        pbx.add_extension(slug, "internal", number, [["Goto", "{tenant}-conference", number, "1"]])
        pbx.add_extension(slug, "conference", number, entry(room))
        pbx.add_extension(slug, "conference-join", number, inside(room, {"wait_marked": room["wait"], "end_marked": room["close"]}))
        if room["moderator_pin"]:
            pbx.add_extension(slug, "conference-lead", number, inside(room, {"admin": True, "marked": True}))


def entry(room):
    """Answers, and lets those in who know a PIN; where moderators alone have one, others press # instead."""
    yield ["Answer"]
    join, lead = (f"{{tenant}}-conference-{role},{room['number']},1" for role in ("join", "lead"))
    if not room["pin"] and not room["moderator_pin"]:
        yield ["Goto", join]
        return
    yield ["Set", "PBX_TRIED="]
    yield ["Read", "PBX_PIN", "conf-getpin", "10", "", "1", "7"]
    yield ["Set", "PBX_PIN=${FILTER(0-9,${PBX_PIN})}"]
    if not room["pin"]:
        yield ["GotoIf", f"$[${{LEN(${{PBX_PIN}})}}=0]?{join}"]
    for pin, place in ((room["moderator_pin"], lead), (room["pin"], join)):
        if pin:
            yield ["GotoIf", f'$["${{SHA1({salt(room)} ${{PBX_PIN}})}}"="{digest(room, pin)}"]?{place}']
    yield ["Playback", "conf-invalidpin"]
    yield ["Set", "PBX_TRIED=x${PBX_TRIED}"]
    yield ["GotoIf", f"$[${{LEN(${{PBX_TRIED}})}}<{TRIES}]?3"]
    yield ["Hangup"]


def inside(room, options):
    """What one is in the room."""
    yield ["Set", f"CONFBRIDGE(bridge,max_members)={room['maximum']}"]
    for option, wanted in {"music_on_hold_when_empty": room["music"], **options}.items():
        if wanted:
            yield ["Set", f"CONFBRIDGE(user,{option})=yes"]
    yield ["ConfBridge", f"{{tenant}}-{room['number']}"]
    yield ["Hangup"]


def salt(room):
    return f"{room['tenant']} {room['number']}"


def digest(room, pin):
    return hashlib.sha1(f"{salt(room)} {pin}".encode(), usedforsecurity=False).hexdigest()
