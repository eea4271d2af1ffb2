"""The dialplan of boxes, out of applications that every Asterisk has: app_voicemail takes boxes from its own file alone.

A box is a ring of numbered recordings in Asterisk's spool. The AstDB says which hold a message: `voicemail/BOX/PLACE` is its time and its
caller, `voicemail-last/BOX` the newest place. Calls write these; the console writes `voicemail-pin/BOX` alone, a digest, or "-" for no PIN.
"""

import hashlib


def commit(pbx):
    common = pbx.get_config()
    slug, code = common["tenant"], common["listen"]
    phones = [phone for phone in pbx.get_infos("phone") if phone["extra"][pbx.addon]["enabled"]]
    for phone in phones:
        number, extra = phone["number"], phone["extra"][pbx.addon]
        pbx.add_to_dialplan(slug, "internal", number, 2, ["Goto", "{tenant}-voicemail", number, "1"])
        pbx.add_extension(slug, "voicemail", number, [f"Set(PBX_BOX={number})", f"Set(PBX_GREETING={extra['greeting']})", "Goto(record,1)"])
        digest = hashlib.sha1(f"{slug} {number} {extra['pin']}".encode(), usedforsecurity=False).hexdigest()
        pbx.add_to_database("voicemail-pin", number, digest if extra["pin"] else "-")
    for length in sorted({len(phone["number"]) for phone in phones}):
        others = f"_{code}{'X' * length}"
        pbx.add_to_dialplan(slug, "internal", others, "hint", ["Custom:{tenant}_box${EXTEN}"])
        box = f"${{FILTER(0-9,${{EXTEN:{len(code)}}})}}"
        pbx.add_extension(slug, "internal", others, [f"Set(PBX_BOX={box})", "Goto({tenant}-voicemail,other,1)"])
    if phones:
        pbx.add_extension(slug, "internal", code, ["Goto({tenant}-voicemail,own,1)"])
        shared = BOXES.replace("<code>", code).replace("<seconds>", str(common["seconds"])).replace("<places>", str(common["messages"]))
        for part in shared.strip().split("\n["):
            exten, *commands = part.splitlines()
            pbx.add_extension(slug, "voicemail", exten.strip("[]"), commands)


# BOX and SLOT are digits wherever they are set, and so is what the AstDB and callers gave wherever something is decided by it.
FILE = "${ASTSPOOLDIR}/voicemail-{tenant}/${PBX_BOX}/${PBX_SLOT}"
MESSAGE = "{tenant}/voicemail/${PBX_BOX}/${PBX_SLOT}"
LAST = "${FILTER(0-9,0${DB({tenant}/voicemail-last/${PBX_BOX})})}"
COUNT = "${DB_KEYCOUNT({tenant}/voicemail/${PBX_BOX})}"
EXISTS = "${DB_EXISTS({tenant}/voicemail-pin/${PBX_BOX})}"
PIN = "${FILTER(0-9a-f,${DB({tenant}/voicemail-pin/${PBX_BOX})})}"
LAMP = "DEVICE_STATE(Custom:{tenant}_box<code>${PBX_BOX})"
BOXES = f"""
[record]
Answer()
Playback(${{PBX_GREETING}})
Set(PBX_SLOT=$[{LAST}%<places>+1])
MSet(DB({{tenant}}/voicemail-last/${{PBX_BOX}})=${{PBX_SLOT}},DB_DELETE({MESSAGE})=,PBX_BEGAN=${{EPOCH}})
Record({FILE}.wav,10,<seconds>,k)
Hangup()
[h]
GotoIf($[0${{PBX_BEGAN}}=0 | ${{EPOCH}}-0${{PBX_BEGAN}}<2]?4)
Set(DB({MESSAGE})=${{PBX_BEGAN}}-${{FILTER(0-9,${{CALLERID(num)}})}})
Set({LAMP}=INUSE)
NoOp()
[own]
Set(PBX_DEVICE=${{CHANNEL(endpoint)}})
Set(PBX_BOX=${{FILTER(0-9,${{CUT(PBX_DEVICE,_,2)}})}})
GotoIf($[{EXISTS} & ${{LEN({PIN})}}=0]?play,1:other,1)
[other]
Answer()
GotoIf($[{EXISTS} & ${{LEN({PIN})}}>0]?5)
Playback(vm-nobox)
Hangup()
Set(PBX_TRIED=)
Read(PBX_ENTERED,vm-password,10,,1,7)
GotoIf($["${{SHA1({{tenant}} ${{PBX_BOX}} ${{FILTER(0-9,${{PBX_ENTERED}})}})}}"="{PIN}"]?play,1)
Playback(vm-incorrect)
Set(PBX_TRIED=x${{PBX_TRIED}})
GotoIf($[${{LEN(${{PBX_TRIED}})}}<3]?6)
Hangup()
[play]
Answer()
Playback(vm-youhave)
SayNumber({COUNT})
Playback(vm-messages)
MSet(PBX_SLOT={LAST},PBX_LEFT=<places>)
Goto(next,1)
[next]
GotoIf($[${{PBX_LEFT}}>0]?4)
Playback(vm-nomore)
Hangup()
MSet(PBX_LEFT=$[${{PBX_LEFT}}-1],PBX_SLOT=$[${{PBX_SLOT}}%<places>+1])
GotoIf(${{DB_EXISTS({MESSAGE})}}?message,1:next,1)
[message]
Read(PBX_KEY,{FILE}&vm-repeat&vm-next&vm-delete,1,,1,5)
Set(PBX_KEY=${{FILTER(0-9,${{PBX_KEY}})}})
GotoIf($["${{PBX_KEY}}"="3"]?about,1)
GotoIf($["${{PBX_KEY}}"="5"]?message,1)
GotoIf($["${{PBX_KEY}}"="7"]?delete,1:next,1)
[about]
Set(PBX_ABOUT=${{FILTER(0-9-,${{DB({MESSAGE})}})}})
SayUnixTime(${{CUT(PBX_ABOUT,-,1)}})
SayDigits(${{CUT(PBX_ABOUT,-,2)}})
Goto(message,1)
[delete]
MSet(DB_DELETE({MESSAGE})=,FILE({FILE}.wav)=)
ExecIf($[{COUNT}=0]?Set({LAMP}=NOT_INUSE))
Playback(vm-deleted)
Goto(next,1)
"""
