"""The dialplan of paging groups.

What is dialled, in context `internal`, remembers who calls; the paging itself is in context `page`, where `multipage` enters.
"""

CHUNK = 100  # Asterisk substitutes at most 4,096 bytes for a variable, and a member takes up to 34
SECONDS = 20  # for how long a phone that does not answer by itself rings


def commit(pbx):
    phones = {phone["number"] for phone in pbx.get_infos("phone")}
    for group in pbx.get_config():
        members = [number for number in dict.fromkeys(row["phone"] for row in group["members"]) if number in phones]
        write_entry(pbx, group)
        if len(members) <= CHUNK:
            write_phones(pbx, group, "page", members)
        else:
            write_chunks(pbx, group, members)


def write_entry(pbx, group):
    """What is dialled. Page() knows its caller only on a direct call, so the caller's device goes along to all channels below."""
    write = writer(pbx, group, "internal")
    write("Set", "__PAGER=${CHANNEL(endpoint)}")
    if not group["quiet"]:
        write("Set", "PAGE_BEEP=1")  # not inherited: a page from another tenant must not beep into the page
    write("Goto", "{tenant}-page", group["number"], "1")


def write_phones(pbx, group, context, members):
    """Collects the phones one line each, without the caller's own, and pages them."""
    write = writer(pbx, group, context)
    write("Set", "PAGED=")
    for number in members:
        device = f"{{tenant}}_{number}"
        write("ExecIf", f'$["${{PAGER}}"!="{device}"]?Set(PAGED=${{PAGED}}&PJSIP/{device})')
    write("ExecIf", '$["${PAGED}"=""]?Hangup()')
    phone_options = "ib({tenant}-auto-answer^s^1)" + ("s" if group["skip_busy"] else "")
    write("Page", "${PAGED:1}", options(group) + phone_options, str(SECONDS))
    write("Hangup")


def write_chunks(pbx, group, members):
    """More phones than one variable holds: pages several lists of them, each behind a Local channel of its own."""
    chunks = [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]
    write = writer(pbx, group, "page")
    legs = "&".join(f"Local/{group['number']}@{{tenant}}-page-{index}/n" for index in range(1, len(chunks) + 1))
    write("Page", legs, options(group), str(SECONDS))
    write("Hangup")
    for index, chunk in enumerate(chunks, start=1):
        write_phones(pbx, group, f"page-{index}", chunk)


def options(group):
    return '${IF($["${PAGE_BEEP}"="1"]?:q)}' + ("d" if group["duplex"] else "")


def writer(pbx, group, context):
    """A function that writes the next priority of the group's number in a context."""
    priority = 0

    def write(*cmd):
        nonlocal priority
        priority += 1
        pbx.add_to_dialplan(group["tenant"], context, group["number"], priority, list(cmd))

    return write
