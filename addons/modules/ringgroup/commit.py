"""The dialplan of ring groups: what is dialled, in context `internal`, leads to context `ringgroup`, where calls sent there begin, too."""

# Ends a call that destinations send round in a circle, which without a phone to ring would take no time.
ROUND = (["Set", "PBX_ROUNDS=x${PBX_ROUNDS}"], ["ExecIf", "$[${LEN(${PBX_ROUNDS})}>50]?Hangup()"])


def commit(pbx):
    phones = {phone["number"] for phone in pbx.get_infos("phone")}
    for group in pbx.get_config():
        number = group["number"]
        pbx.add_to_dialplan(group["tenant"], "internal", number, 1, ["Goto", "{tenant}-ringgroup", number, "1"])
        devices = [f"PJSIP/{{tenant}}_{row['phone']}" for row in group["members"] if row["phone"] in phones]
        pbx.add_extension(group["tenant"], "ringgroup", number, [*ROUND, *rings(group, devices), pbx.destination(group["after"])])


def rings(group, devices):
    """The commands that ring. A Dial that is answered does not come back, so what follows is for calls that nobody took."""
    seconds = str(group["seconds"])
    if group["strategy"] == "turn":
        return [if_idle(group, device, f"Dial({device},{seconds})") for device in devices]
    if not group["skip_busy"]:
        return [["Dial", "&".join(devices), seconds]] if devices else []
    collect = [if_idle(group, device, f"Set(PBX_RING=${{PBX_RING}}&{device})") for device in devices]
    return [["Set", "PBX_RING="], *collect, ["ExecIf", f"$[${{LEN(${{PBX_RING}})}}>0]?Dial(${{PBX_RING:1}},{seconds})"]]


def if_idle(group, device, action):
    """A state is one of Asterisk's own words, so that it is safe inside $[...]."""
    condition = f'$["${{DEVICE_STATE({device})}}"="NOT_INUSE"]' if group["skip_busy"] else "1"
    return ["ExecIf", f"{condition}?{action}"]
