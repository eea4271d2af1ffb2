"""The dialplan of menus: what is dialled, in `internal`, leads to context `ivr`, and from there to a context of the menu's own.

A context of its own, because what is pressed there is an extension of it: nothing else can be reached from it.
"""

DIGIT_SECONDS = 2  # how long a key may be the first one of a longer number


def commit(pbx):
    lengths = sorted({len(phone["number"]) for phone in pbx.get_infos("phone")})
    for menu in pbx.get_config():
        slug, number, own = menu["tenant"], menu["number"], f"ivr-{menu['number']}"
        pbx.add_to_dialplan(slug, "internal", number, 1, ["Goto", "{tenant}-ivr", number, "1"])
        pbx.add_to_dialplan(slug, "ivr", number, 1, ["Goto", f"{{tenant}}-{own}", "s", "1"])
        for exten, commands in extensions(pbx, menu, lengths):
            pbx.add_extension(slug, own, exten, commands)


def extensions(pbx, menu, lengths):
    """The extensions of a menu's context, each with its commands."""
    seconds = str(menu["seconds"])
    greet = [["Background", menu["greeting"]], ["WaitExten", seconds]]
    yield "s", [["Answer"], ["Set", f"TIMEOUT(digit)={DIGIT_SECONDS}"], ["Set", "PBX_TRIED="], *greet]
    again = [
        ["Set", "PBX_TRIED=x${PBX_TRIED}"],
        ["GotoIf", f"$[${{LEN(${{PBX_TRIED}})}}<{menu['tries']}]?s,4"],
        pbx.destination(menu["otherwise"]),
    ]
    yield "t", again
    yield "i", [["Playback", "pbx-invalid"], *again]
    for row in menu["keys"]:
        yield row["key"], [pbx.destination(row["destination"])]
    if menu["dial"]:
        for length in lengths:
            number = "${FILTER(0-9,${EXTEN})}"
            is_phone = f'$["${{DEVICE_STATE(PJSIP/{{tenant}}_{number})}}"!="INVALID"]'  # only phones of this tenant have such devices
            yield f"_{'X' * length}", [["GotoIf", f"{is_phone}?{{tenant}}-internal,{number},1:i,1"]]
