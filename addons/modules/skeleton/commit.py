"""Writes the addon's dialplan and AstDB, from scratch each time: what an earlier run wrote and this one does not is taken away.

Contexts have their short names, and {tenant} in a command becomes the tenant's slug. It must not matter how often it runs.
"""

# The addon's name is in the families, so that no other addon means the same keys. Dialplan reads ${DB({tenant}/skeleton-floor/101)}.
EXTRAS = (("phone", "number", "floor"), ("line_in", "number", "department"), ("line_out", "name", "cost"))


def commit(pbx):
    for line in pbx.get_config():
        for priority, command in enumerate(commands(line), start=1):
            pbx.add_to_dialplan(line["tenant"], "internal", line["number"], priority, command)
    for section, key, extra in EXTRAS:
        for record in pbx.get_infos(section):
            value = record["extra"][pbx.addon][extra]
            if value not in (None, ""):
                pbx.add_to_database(f"{pbx.addon}-{extra}", record[key], str(value))


def commands(line):
    """What one number does, priority by priority."""
    yield ["Answer"]
    if line["limited"] and line["days"]:
        yield ["GotoIfTime", f"{line['opens']}-{line['closes']}", "&".join(line["days"]), "*", "*?4"]
        yield ["Hangup"]
    if line["code"]:
        yield ["Authenticate", line["code"]]
    yield ["Wait", str(line["pause"])]
    for message in line["messages"]:
        for _ in range(message["times"]):
            yield ["Playback", message["sound"]]
    if line["after"] == "phone" and line["phone"]:
        yield ["Dial", f"PJSIP/{{tenant}}_{line['phone']}", "30"]
    yield ["Hangup"]
