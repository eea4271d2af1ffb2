"""The dialplan of forwarding: a phone's extension runs context `callforward`, which rings it or sends the call on.

AstDB: the console owns `cf/PHONE`, what staff set. A phone writes `cf-own/PHONE`, its number and, behind a dot, what staff had set at that
time: it counts for as long as staff change nothing, so that whoever was last decides, and no commit takes back what a phone has set.
"""

NOT_SET = "none"


def commit(pbx):
    codes = pbx.get_config()
    slug, on, off = codes["tenant"], codes["on"], codes["off"]
    phones = [phone for phone in pbx.get_infos("phone") if phone["extra"][pbx.addon]["allowed"]]
    for phone in phones:
        extra = phone["extra"][pbx.addon]
        ring = f"{{tenant}}-callforward,ring,1({phone['number']},{phone['ring_seconds']},{'yes' if extra['outside'] else 'no'})"
        pbx.add_to_dialplan(slug, "internal", phone["number"], 1, ["Gosub", ring])
        pbx.add_to_database("cf", phone["number"], extra["number"] or NOT_SET)
    if phones:
        write(pbx, slug, "callforward", SHARED)
        write(pbx, slug, "internal", CODES.replace("<on>", on).replace("<off>", off).replace("<length>", str(len(on))))


# What phones dialled, and what the AstDB holds, is brought to its digits before anything is decided by it.
STAFFS = "${FILTER(0-9,${DB({tenant}/cf/%s)})}"
CODES = """
[_<on>X.]
Set(FORWARD=${FILTER(0-9,${EXTEN:<length>})})
Goto({tenant}-callforward,set,1)
[<on>]
Answer()
Read(FORWARD,vm-enter-num-to-call,20,,2,7)
Set(FORWARD=${FILTER(0-9,${FORWARD})})
ExecIf($[${LEN(${FORWARD})}=0]?Hangup())
Goto({tenant}-callforward,set,1)
[<off>]
Set(FORWARD=)
Goto({tenant}-callforward,set,1)
"""
# Context internal lets no call from a trunk out again. Context outside does, and holds nothing but the outgoing lines: it is for numbers of
# no phone, where staff allowed it. A call is forwarded five times at most, so that phones which forward to each other end it.
OUTSIDE = (
    '"${MAY_GO_OUT}"="yes" & "${FROM_TRUNK}"!="" & "${DEVICE_STATE(PJSIP/{tenant}_${FORWARD})}"="INVALID"'
    " & ${DIALPLAN_EXISTS({tenant}-outside,${FORWARD},1)}"
)
SHARED = f"""
[ring]
Set(FORWARD={STAFFS % "${ARG1}"})
Set(OWN=${{FILTER(0-9.,${{DB({{tenant}}/cf-own/${{ARG1}})}})}})
ExecIf($["${{CUT(OWN,.,2)}}"="${{FORWARD}}"]?Set(FORWARD=${{CUT(OWN,.,1)}}))
GotoIf($[${{LEN(${{FORWARD}})}}>0]?forward,1)
Dial(PJSIP/{{tenant}}_${{ARG1}},${{ARG2}})
Return()
[forward]
Set(__FORWARDED=x${{FORWARDED}})
ExecIf($[${{LEN(${{FORWARDED}})}}>5]?Hangup())
Set(MAY_GO_OUT=${{ARG3}})
StackPop()
GotoIf($[{OUTSIDE}]?{{tenant}}-outside,${{FORWARD}},1)
GotoIf(${{DIALPLAN_EXISTS({{tenant}}-internal,${{FORWARD}},1)}}?{{tenant}}-internal,${{FORWARD}},1)
Hangup()
[set]
Set(DEVICE=${{CHANNEL(endpoint)}})
Set(PHONE=${{FILTER(0-9,${{CUT(DEVICE,_,2)}})}})
Answer()
GotoIf(${{DB_EXISTS({{tenant}}/cf/${{PHONE}})}}?5:refuse,1)
GotoIf($[${{LEN(${{FORWARD}})}}=0]?7)
GotoIf($["${{FORWARD}}"="${{PHONE}}" | ${{DIALPLAN_EXISTS({{tenant}}-internal,${{FORWARD}},1)}}=0]?refuse,1)
Set(DB({{tenant}}/cf-own/${{PHONE}})=${{FORWARD}}.{STAFFS % "${PHONE}"})
Playback(call-fwd-unconditional&${{IF($[${{LEN(${{FORWARD}})}}>0]?is-set-to:de-activated)}})
SayDigits(${{FORWARD}})
Hangup()
[refuse]
Playback(pbx-invalid)
Hangup()
"""


def write(pbx, slug, context, text):
    """Extensions in brackets, each with its commands as they stand in an extensions.conf: Application(data)."""
    for part in text.strip().split("\n["):
        exten, *commands = part.splitlines()
        for priority, command in enumerate(commands, start=1):
            application, _, data = command.removesuffix(")").partition("(")
            pbx.add_to_dialplan(slug, context, exten.strip("[]"), priority, [application, data])
