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
        pbx.add_extension(slug, "voicemail", number, [f"Set(BOX={number})", f"Set(GREETING={extra['greeting']})", "Goto(record,1)"])
        digest = hashlib.sha1(f"{slug} {number} {extra['pin']}".encode(), usedforsecurity=False).hexdigest()
        pbx.add_to_database("voicemail-pin", number, digest if extra["pin"] else "-")
    for length in sorted({len(phone["number"]) for phone in phones}):
        others = f"_{code}{'X' * length}"
        pbx.add_to_dialplan(slug, "internal", others, "hint", ["Custom:{tenant}_box${EXTEN}"])
        box = f"${{FILTER(0-9,${{EXTEN:{len(code)}}})}}"
        pbx.add_extension(slug, "internal", others, [f"Set(BOX={box})", "Goto({tenant}-voicemail,other,1)"])
    if phones:
        pbx.add_extension(slug, "internal", code, ["Goto({tenant}-voicemail,own,1)"])
        shared = BOXES.replace("<code>", code).replace("<seconds>", str(common["seconds"])).replace("<places>", str(common["messages"]))
        for part in shared.strip().split("\n["):
            exten, *commands = part.splitlines()
            pbx.add_extension(slug, "voicemail", exten.strip("[]"), commands)


# BOX and SLOT are digits wherever they are set, and so is what the AstDB and callers gave wherever something is decided by it.
FILE = "${ASTSPOOLDIR}/voicemail-{tenant}/${BOX}/${SLOT}"
MESSAGE = "{tenant}/voicemail/${BOX}/${SLOT}"
LAST = "${FILTER(0-9,0${DB({tenant}/voicemail-last/${BOX})})}"
COUNT = "${DB_KEYCOUNT({tenant}/voicemail/${BOX})}"
EXISTS = "${DB_EXISTS({tenant}/voicemail-pin/${BOX})}"
PIN = "${FILTER(0-9a-f,${DB({tenant}/voicemail-pin/${BOX})})}"
LAMP = "DEVICE_STATE(Custom:{tenant}_box<code>${BOX})"
BOXES = f"""
[record]
Answer()
Playback(${{GREETING}})
Set(SLOT=$[{LAST}%<places>+1])
MSet(DB({{tenant}}/voicemail-last/${{BOX}})=${{SLOT}},DB_DELETE({MESSAGE})=,BEGAN=${{EPOCH}})
Record({FILE}.wav,10,<seconds>,k)
Hangup()
[h]
GotoIf($[0${{BEGAN}}=0 | ${{EPOCH}}-0${{BEGAN}}<2]?4)
Set(DB({MESSAGE})=${{BEGAN}}-${{FILTER(0-9,${{CALLERID(num)}})}})
Set({LAMP}=INUSE)
NoOp()
[own]
Set(DEVICE=${{CHANNEL(endpoint)}})
Set(BOX=${{FILTER(0-9,${{CUT(DEVICE,_,2)}})}})
GotoIf($[{EXISTS} & ${{LEN({PIN})}}=0]?play,1:other,1)
[other]
Answer()
GotoIf($[{EXISTS} & ${{LEN({PIN})}}>0]?5)
Playback(vm-nobox)
Hangup()
Set(TRIED=)
Read(ENTERED,vm-password,10,,1,7)
GotoIf($["${{SHA1({{tenant}} ${{BOX}} ${{FILTER(0-9,${{ENTERED}})}})}}"="{PIN}"]?play,1)
Playback(vm-incorrect)
Set(TRIED=x${{TRIED}})
GotoIf($[${{LEN(${{TRIED}})}}<3]?6)
Hangup()
[play]
Answer()
Playback(vm-youhave)
SayNumber({COUNT})
Playback(vm-messages)
MSet(SLOT={LAST},LEFT=<places>)
Goto(next,1)
[next]
GotoIf($[${{LEFT}}>0]?4)
Playback(vm-nomore)
Hangup()
MSet(LEFT=$[${{LEFT}}-1],SLOT=$[${{SLOT}}%<places>+1])
GotoIf(${{DB_EXISTS({MESSAGE})}}?message,1:next,1)
[message]
Read(KEY,{FILE}&vm-repeat&vm-next&vm-delete,1,,1,5)
Set(KEY=${{FILTER(0-9,${{KEY}})}})
GotoIf($["${{KEY}}"="3"]?about,1)
GotoIf($["${{KEY}}"="5"]?message,1)
GotoIf($["${{KEY}}"="7"]?delete,1:next,1)
[about]
Set(ABOUT=${{FILTER(0-9-,${{DB({MESSAGE})}})}})
SayUnixTime(${{CUT(ABOUT,-,1)}})
SayDigits(${{CUT(ABOUT,-,2)}})
Goto(message,1)
[delete]
MSet(DB_DELETE({MESSAGE})=,FILE({FILE}.wav)=)
ExecIf($[{COUNT}=0]?Set({LAMP}=NOT_INUSE))
Playback(vm-deleted)
Goto(next,1)
"""
