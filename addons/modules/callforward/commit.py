"""The dialplan of forwarding: a phone's extension runs context `callforward`, which rings it or sends the call on.

AstDB: the console owns `cf/PHONE`, what staff set and, behind a dot, a tag. A phone writes `cf-own/PHONE`, its number and the tag that it
found. It counts for as long as the tag stays, so that whoever was last decides, and no commit takes back what a phone has set.
"""

NOT_SET = "none"
NOT_ALLOWED = "off"


def commit(pbx):
    codes = pbx.get_config()
    slug, code = codes["tenant"], codes["forward"]
    for phone in pbx.get_infos("phone"):
        if said := tagged(pbx, phone):
            pbx.add_to_database("cf", phone["number"], said)
    phones = [phone for phone in pbx.get_infos("phone") if phone["extra"][pbx.addon]["allowed"]]
    for phone in phones:
        number, extra = phone["number"], phone["extra"][pbx.addon]
        out = "yes" if extra["outside"] else "no"
        known = ["MSet", f"TRANSFER_PHONE={number}", f"TRANSFER_SECONDS={phone['ring_seconds']}", f"TRANSFER_OUT={out}"]
        pbx.add_to_dialplan(slug, "internal", number, 1, ["Gosub", "{tenant}-callforward", number, "1"])
        pbx.add_to_dialplan(slug, "callforward", number, 1, known)
        pbx.add_to_dialplan(slug, "callforward", number, 2, ["Goto", "ring,1"])
    if phones:
        write(pbx, slug, "callforward", SHARED)
        write(pbx, slug, "internal", CODES.replace("<forward>", code).replace("<end>", codes["end"]).replace("<length>", str(len(code))))


def tagged(pbx, phone):
    """What staff say of a phone, and a tag: the phone's id, and how often they changed it. None for one that was never allowed anything."""
    extra = phone["extra"][pbx.addon]
    said = (extra["number"] or NOT_SET) if extra["allowed"] else NOT_ALLOWED
    before, _, tag = (pbx.get_written("cf", phone["number"]) or NOT_ALLOWED).partition(".")
    changes = int(tag.partition("-")[2] or 0) + (said != before)
    return f"{said}.{phone['id']}-{changes}" if said != NOT_ALLOWED or changes else None


# What phones dialled, and what the AstDB holds, is brought to its digits before anything is decided by it. No line of staff may set
# a variable that has TRANSFER in its name, so that none of them lends a call from outside the permission that a phone has.
STAFFS = "${FILTER(0-9-.,${DB({tenant}/cf/%s)})}"  # of what is no number the tag alone is left
CODES = """
[_<forward>X.]
Set(TRANSFER_TO=${FILTER(0-9,${EXTEN:<length>})})
Goto({tenant}-callforward,set,1)
[<forward>]
Answer()
Read(TRANSFER_TO,vm-enter-num-to-call,20,,2,7)
Set(TRANSFER_TO=${FILTER(0-9,${TRANSFER_TO})})
ExecIf($[${LEN(${TRANSFER_TO})}=0]?Hangup())
Goto({tenant}-callforward,set,1)
[<end>]
Set(TRANSFER_TO=)
Goto({tenant}-callforward,set,1)
"""
# Context internal lets no call from a trunk out again. Context outside does, and holds nothing but the outgoing lines: it is for numbers of
# no phone, where staff allowed it. A call is forwarded five times at most, so that phones which forward to each other end it.
OUTSIDE = (
    '"${TRANSFER_OUT}"="yes" & "${FROM_TRUNK}"!="" & "${DEVICE_STATE(PJSIP/{tenant}_${TRANSFER_TO})}"="INVALID"'
    " & ${DIALPLAN_EXISTS({tenant}-outside,${TRANSFER_TO},1)}"
)
SHARED = f"""
[ring]
Set(TRANSFER_STAFFS={STAFFS % "${TRANSFER_PHONE}"})
Set(TRANSFER_OWN=${{FILTER(0-9-.,${{DB({{tenant}}/cf-own/${{TRANSFER_PHONE}})}})}})
Set(TRANSFER_TO=${{CUT(TRANSFER_STAFFS,.,1)}})
ExecIf($["${{CUT(TRANSFER_OWN,.,2)}}"="${{CUT(TRANSFER_STAFFS,.,2)}}"]?Set(TRANSFER_TO=${{CUT(TRANSFER_OWN,.,1)}}))
GotoIf($[${{LEN(${{TRANSFER_TO}})}}>0]?forward,1)
Dial(PJSIP/{{tenant}}_${{TRANSFER_PHONE}},${{TRANSFER_SECONDS}})
Return()
[forward]
Set(__PBX_FORWARDED=x${{PBX_FORWARDED}})
ExecIf($[${{LEN(${{PBX_FORWARDED}})}}>5]?Hangup())
StackPop()
GotoIf($[{OUTSIDE}]?{{tenant}}-outside,${{TRANSFER_TO}},1)
GotoIf(${{DIALPLAN_EXISTS({{tenant}}-internal,${{TRANSFER_TO}},1)}}?{{tenant}}-internal,${{TRANSFER_TO}},1)
Hangup()
[set]
Set(PBX_DEVICE=${{CHANNEL(endpoint)}})
Set(PBX_PHONE=${{FILTER(0-9,${{CUT(PBX_DEVICE,_,2)}})}})
Answer()
GotoIf(${{DIALPLAN_EXISTS({{tenant}}-callforward,${{PBX_PHONE}},1)}}?5:refuse,1)
Set(TRANSFER_STAFFS={STAFFS % "${PBX_PHONE}"})
GotoIf($[${{LEN(${{TRANSFER_TO}})}}=0]?8)
GotoIf($["${{TRANSFER_TO}}"="${{PBX_PHONE}}" | ${{DIALPLAN_EXISTS({{tenant}}-internal,${{TRANSFER_TO}},1)}}=0]?refuse,1)
Set(DB({{tenant}}/cf-own/${{PBX_PHONE}})=${{TRANSFER_TO}}.${{CUT(TRANSFER_STAFFS,.,2)}})
Playback(call-fwd-unconditional&${{IF($[${{LEN(${{TRANSFER_TO}})}}>0]?is-set-to:de-activated)}})
SayDigits(${{TRANSFER_TO}})
Hangup()
[refuse]
Playback(pbx-invalid)
Hangup()
"""


def write(pbx, slug, context, text):
    """Extensions in brackets, each with its commands as they stand in an extensions.conf: Application(data)."""
    for part in text.strip().split("\n["):
        exten, *commands = part.splitlines()
        pbx.add_extension(slug, context, exten.strip("[]"), commands)
