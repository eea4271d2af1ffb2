"""The dialplan of boxes, out of applications that every Asterisk has: app_voicemail takes boxes from its own file alone.

A box holds numbered recordings in Asterisk's spool. The AstDB says which are messages: calls write `voicemail/NUMBER-ID/PLACE`, a message's
time and its caller. ID is that of the phone, so that the next phone with its number begins with an empty box. The console writes
`voicemail-box/NUMBER`, the ID, and `voicemail-pin/NUMBER`, a digest, or "-" for no PIN.
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
        pbx.add_to_database("voicemail-box", number, phone["id"])
        digest = hashlib.sha1(f"{slug} {number} {extra['pin']}".encode(), usedforsecurity=False).hexdigest()
        pbx.add_to_database("voicemail-pin", number, digest if extra["pin"] else "-")
    for length in sorted({len(phone["number"]) for phone in phones}):
        others = f"_{code}{'X' * length}"
        pbx.add_to_dialplan(slug, "internal", others, "hint", ["Custom:{tenant}_box${EXTEN}"])
        box = f"${{FILTER(0-9,${{EXTEN:{len(code)}}})}}"
        pbx.add_extension(slug, "internal", others, [f"Set(PBX_BOX={box})", "Goto({tenant}-voicemail,other,1)"])
    if phones:
        pbx.add_extension(slug, "internal", code, ["Goto({tenant}-voicemail,own,1)"])
        shared = BOXES.replace("<code>", code).replace("<seconds>", str(common["seconds"])).replace("<most>", str(common["messages"]))
        for part in shared.strip().split("\n["):
            exten, *commands = part.splitlines()
            pbx.add_extension(slug, "voicemail", exten.strip("[]"), commands)


# BOX, ID and SLOT are digits wherever they are set, and so is what the AstDB and callers gave wherever something is decided by it.
ID = "${FILTER(0-9,${DB({tenant}/voicemail-box/${PBX_BOX})})}"
KEPT = "voicemail/${PBX_BOX}-${PBX_ID}"
FILE = "${ASTSPOOLDIR}/voicemail-{tenant}/${PBX_BOX}-${PBX_ID}/${PBX_SLOT}"
MESSAGE = f"{{tenant}}/{KEPT}/${{PBX_SLOT}}"
ABOUT = f"${{FILTER(0-9-,${{DB({MESSAGE})}})}}"
COUNT = f"${{DB_KEYCOUNT({{tenant}}/{KEPT})}}"
EXISTS = "${DB_EXISTS({tenant}/voicemail-box/${PBX_BOX})}"
PIN = "${FILTER(0-9a-f,${DB({tenant}/voicemail-pin/${PBX_BOX})})}"
LAMP = "DEVICE_STATE(Custom:{tenant}_box<code>${PBX_BOX})"
# A recording takes the first place without a message, where no other caller speaks either: who does is in the group of that place. Only
# what is kept in the end, at [h], counts, and takes the oldest message away when there are too many. [list] has the places of all messages,
# the oldest first; SORT knows seven digits, so that it is given the seconds since then.
BOXES = f"""
[record]
Answer()
Playback(${{PBX_GREETING}})
MSet(PBX_ID={ID},PBX_SLOT=0)
Set(PBX_SLOT=$[${{PBX_SLOT}}+1])
Set(GROUP({{tenant}}-box${{PBX_BOX}})=${{PBX_SLOT}})
GotoIf($[${{DB_EXISTS({MESSAGE})}} | ${{GROUP_COUNT(${{PBX_SLOT}}@{{tenant}}-box${{PBX_BOX}})}}>1]?4)
Set(PBX_BEGAN=${{EPOCH}})
Record({FILE}.wav,10,<seconds>,k)
Hangup()
[h]
GotoIf($[0${{PBX_BEGAN}}=0 | ${{EPOCH}}-0${{PBX_BEGAN}}<2]?9)
Set(DB({MESSAGE})=${{PBX_BEGAN}}-${{FILTER(0-9,${{CALLERID(num)}})}})
Set({LAMP}=INUSE)
Gosub(list,1)
GotoIf($[{COUNT}<=<most> | ${{LEN(${{PBX_PLACES}})}}=0]?9)
Set(PBX_SLOT=${{SHIFT(PBX_PLACES)}})
MSet(DB_DELETE({MESSAGE})=,FILE({FILE}.wav)=)
Goto(h,5)
NoOp()
[list]
Set(PBX_KEYS=${{DB_KEYS({{tenant}}/{KEPT})}})
MSet(PBX_PLACES=,PBX_NOW=${{EPOCH}})
GotoIf($[${{LEN(${{PBX_KEYS}})}}=0]?8)
Set(PBX_SLOT=${{FILTER(0-9,${{SHIFT(PBX_KEYS)}})}})
Set(PBX_ABOUT={ABOUT})
Set(PUSH(PBX_PLACES)=${{PBX_SLOT}}:$[0${{CUT(PBX_ABOUT,-,1)}}-${{PBX_NOW}}])
Goto(list,3)
Set(PBX_PLACES=${{SORT(${{PBX_PLACES}})}})
Return()
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
Set(PBX_ID={ID})
Set({LAMP}=${{IF($[{COUNT}>0]?INUSE:NOT_INUSE)}})
Playback(vm-youhave)
SayNumber({COUNT})
Playback(vm-messages)
Gosub(list,1)
Goto(next,1)
[next]
GotoIf($[${{LEN(${{PBX_PLACES}})}}>0]?4)
Playback(vm-nomore)
Hangup()
Set(PBX_SLOT=${{SHIFT(PBX_PLACES)}})
Set(PBX_ABOUT={ABOUT})
GotoIf($[${{LEN(${{PBX_ABOUT}})}}>0]?message,1:next,1)
[message]
Read(PBX_KEY,{FILE}&vm-repeat&vm-next&vm-delete,1,,1,5)
Set(PBX_KEY=${{FILTER(0-9,${{PBX_KEY}})}})
GotoIf($["${{PBX_KEY}}"="3"]?about,1)
GotoIf($["${{PBX_KEY}}"="5"]?message,1)
GotoIf($["${{PBX_KEY}}"="7"]?delete,1:next,1)
[about]
SayUnixTime(${{CUT(PBX_ABOUT,-,1)}})
SayDigits(${{CUT(PBX_ABOUT,-,2)}})
Goto(message,1)
[delete]
GotoIf($["{ABOUT}"="${{PBX_ABOUT}}"]?2:3)
MSet(DB_DELETE({MESSAGE})=,FILE({FILE}.wav)=)
ExecIf($[{COUNT}=0]?Set({LAMP}=NOT_INUSE))
Playback(vm-deleted)
Goto(next,1)
"""
