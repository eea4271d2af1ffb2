"""The dialplan of paging groups.

What is dialled, in context `internal`, remembers who calls; the paging itself is in context `page`, where `multipage` enters.
"""

CHUNK = 100  # Asterisk substitutes at most 4,096 bytes for a variable, and a member takes up to 34
SECONDS = 20  # for how long a phone that does not answer by itself rings
NOBODY = "Busy(5)"  # where there is nobody to hear it: else the caller would speak into silence


def commit(pbx):
    phones = {phone["number"] for phone in pbx.get_infos("phone")}
    for group in pbx.get_config():
        slug, number = group["tenant"], group["number"]
        members = [each for each in dict.fromkeys(row["phone"] for row in group["members"]) if each in phones]
        pbx.add_extension(slug, "internal", number, entry(group))
        if len(members) <= CHUNK:
            pbx.add_extension(slug, "page", number, page(group, members))
            continue
        chunks = [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]
        pbx.add_extension(slug, "page", number, page_chunks(group, members, len(chunks)))
        for index, chunk in enumerate(chunks, start=1):
            pbx.add_extension(slug, f"page-{index}", number, page(group, chunk))


def entry(group):
    """What is dialled. Page() knows its caller only on a direct call, so the caller's device goes along to all channels below."""
    yield "Set(__PBX_PAGER=${CHANNEL(endpoint)})"
    if not group["quiet"]:
        yield "Set(PBX_PAGE_BEEP=1)"  # not inherited: a page from another tenant must not beep into the page
    yield f"Goto({{tenant}}-page,{group['number']},1)"


def page(group, members):
    """Collects the phones one line each, without the caller's own and those that cannot be paged now, and pages them."""
    yield "Set(PBX_PAGED=)"
    for number in members:
        yield f"ExecIf({can_hear(group, number)}?Set(PBX_PAGED=${{PBX_PAGED}}&PJSIP/{{tenant}}_{number}))"
    yield f'ExecIf($["${{PBX_PAGED}}"=""]?{NOBODY})'
    phone_options = "ib({tenant}-auto-answer^s^1)" + ("s" if group["skip_busy"] else "")
    yield ["Page", "${PBX_PAGED:1}", options(group) + phone_options, SECONDS]
    yield "Hangup()"


def page_chunks(group, members, count):
    """More phones than one variable holds: pages several lists of them, each behind a Local channel of its own, if anybody can hear it."""
    start = len(members) + 2
    for number in members:
        yield f"GotoIf({can_hear(group, number)}?{start})"
    yield NOBODY
    legs = "&".join(f"Local/{group['number']}@{{tenant}}-page-{index}/n" for index in range(1, count + 1))
    yield ["Page", legs, options(group), SECONDS]
    yield "Hangup()"


def can_hear(group, number):
    """A state is one of Asterisk's own words, so that it is safe inside $[...]."""
    device = f"{{tenant}}_{number}"
    state = '="NOT_INUSE"' if group["skip_busy"] else '!="UNAVAILABLE"'
    return f'$["${{PBX_PAGER}}"!="{device}" & "${{DEVICE_STATE(PJSIP/{device})}}"{state}]'


def options(group):
    return '${IF($["${PBX_PAGE_BEEP}"="1"]?:q)}' + ("d" if group["duplex"] else "")
