"""Writes the addon's dialplan and AstDB, from scratch each time: what an earlier run wrote and this one does not is taken away.

Contexts have their short names, and {tenant} in a command becomes the tenant's slug. It must not matter how often it runs.
"""

import hashlib

# The addon's name is in the families, so that no other addon means the same keys. Dialplan reads ${DB({tenant}/skeleton-floor/101)}.
EXTRAS = (("phone", "number", "floor"), ("line_in", "number", "department"), ("line_out", "name", "cost"))


def commit(pbx):
    for line in pbx.get_config():
        for priority, command in enumerate(commands(pbx, line), start=1):
            pbx.add_to_dialplan(line["tenant"], "internal", line["number"], priority, command)
        for name in ("contact", "recorder"):
            if line[name]:
                pbx.add_to_database(f"{pbx.addon}-{name}", line["number"], line[name])
    for section, key, extra in EXTRAS:
        for record in pbx.get_infos(section):
            value = record["extra"][pbx.addon][extra]
            if value not in (None, ""):
                pbx.add_to_database(f"{pbx.addon}-{extra}", record[key], str(value))


def commands(pbx, line):
    """What one number does, priority by priority."""
    found = [["Answer"]]
    if line["until"]:
        found.append(["ExecIf", f'$["${{STRFTIME(${{EPOCH}},,%Y-%m-%d)}}">"{line["until"]}"]?Hangup()'])
    if line["lunch"]:
        found.append(["ExecIfTime", line["lunch"], "*", "*", "*?Hangup()"])
    if line["limited"]:
        within = [f"{line['opens']}-{line['closes']}", "&".join(line["days"]), "*", f"*?{len(found) + 3}"]
        found += [["GotoIfTime", *within], pbx.destination(line["closed"])]
    if line["code"]:  # more people may see the dialplan than may know the code, so a digest of it stands there
        asked = f"${{SHA1({{tenant}} {line['number']} ${{FILTER(0-9,${{PBX_CODE}})}})}}"
        found += [["Read", "PBX_CODE", "agent-pass", "10"], ["GotoIf", f'$["{asked}"="{digest(line)}"]?{len(found) + 4}'], ["Hangup"]]
    found.append(["Wait", str(line["pause"])])
    if "time" in line["announce"]:
        found.append(["SayUnixTime"])
    if "number" in line["announce"]:
        found.append(["SayDigits", "${CALLERID(num)}"])
    for message in line["messages"]:
        found += [["Playback", message["sound"]]] * message["times"]
    if line["shown"]:
        found.append(["Set", f"CALLERID(num)={line['shown']}"])
    if line["phone"]:
        found.append(["Dial", f"PJSIP/{{tenant}}_{line['phone']}", "30"])
    found.append(["Hangup"])
    return found


def digest(line):
    return hashlib.sha1(f"{line['tenant']} {line['number']} {line['code']}".encode(), usedforsecurity=False).hexdigest()
