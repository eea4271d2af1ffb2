"""Each call of pbx in both of its spellings, all forms of the removals, and each attribute that can only be read."""

LOST = {"second": (2,), "hangup": (2, ["Hangup"]), "hint": ("hint",), "all": ()}


def commit(pbx):
    (tenant,) = pbx.tenants
    for record in pbx.get_config():
        write_record(pbx, tenant, record)
    for record in pbx.getConfig():
        pbx.add_to_database(pbx.addon, record["number"], record["seconds"])
    for record in pbx.data:
        for row in record["rows"]:
            pbx.addToDatabase(f"{pbx.addon}-rows", f"{record['number']}-{row['phone']}", str(row["times"]))
    for phone in pbx.get_infos("phone"):
        write_phone(pbx, tenant, phone["number"], phone["extra"][pbx.addon])
    for section, key, extra in (("line_in", "number", "owner"), ("line_out", "name", "cost")):
        for line in pbx.getInfos(section):
            pbx.add_to_database(f"{pbx.addon}-{extra}", line[key], str(line["extra"][pbx.addon][extra]))
    tidy_up(pbx, tenant)


def write_record(pbx, tenant, record):
    """The line that people dial, and a hint that says whether its first phone is busy."""
    guard = [["Authenticate", record["pin"]]] if record["pin"] else []
    commands = [["NoOp", pbx.addon_name, record["name"]], *guard, ["Wait", record["seconds"]], pbx.destination(record["then"])]
    pbx.add_extension(tenant, "internal", record["number"], commands)
    pbx.addToDialplan(tenant, "internal", record["number"], "hint", [f"PJSIP/{{tenant}}_{record['rows'][0]['phone']}"])


def write_phone(pbx, tenant, number, extra):
    """Where calls to a listed phone go; and what one loses, named more or less exactly."""
    if extra["listed"]:
        pbx.add_to_dialplan(tenant, "dummy-in", f"8{number}", 1, ["Goto", "{tenant}-internal", number, "1"])
    if extra["lose"]:
        pbx.remove_from_dialplan(tenant, "internal", number, *LOST[extra["lose"]])


def tidy_up(pbx, tenant):
    """A whole context, a family and a key are written and taken away again."""
    pbx.addExtension(tenant, "dummy-scratch", "s", ["Answer()"])
    pbx.removeFromDialplan(tenant, "dummy-scratch")
    pbx.add_to_database("dummy-before", "key", pbx.get_written("dummy-before", "key") or pbx.getWritten("dummy-before", "other") or "first")
    for key in ("kept", "lost"):
        pbx.add_to_database("dummy-scratch", key, "1")
        pbx.add_to_database("dummy-keys", key, "1")
    pbx.remove_from_database("dummy-scratch")
    pbx.removeFromDatabase("dummy-keys", "lost")
