"""The dialplan of pages across tenants: in each caller's tenant a number that enters the paging group of every tenant that has it.

A PIN is kept in the AstDB of the server, where no tenant's staff can read it, as they can their dialplan.
"""

CHUNK = 100  # a line of Asterisk's dialplan holds 8,191 bytes, and a tenant takes up to 60
SECONDS = 20


def commit(pbx):
    if not pbx.get_config():
        return  # and reads nothing of any tenant, so that none who comes or changes has this run again
    tenants = [tenant["tenant"] for tenant in pbx.get_infos("tenant")]
    groups = {(group["tenant"], group["number"]) for group in pbx.get_infos("paging")}
    for page in pbx.get_config():
        if page["pin"]:
            pbx.add_to_database(pin_family(page), page["pin"], "1")
        legs = [f"Local/{page['group']}@{slug}-page/n" for slug in chosen(page["tenants"], tenants) if (slug, page["group"]) in groups]
        if legs:
            for slug in chosen(page["callers"], tenants):
                write_page(pbx, page, slug, legs)


def write_page(pbx, page, slug, legs):
    """What one tenant's phones dial, and no call from a trunk. The paging groups leave out the phone that PBX_PAGER names."""
    commands = [["Authenticate", f"/{pin_family(page)}", "d"]] if page["pin"] else []  # what is entered must be a key there
    chunks = [legs[start : start + CHUNK] for start in range(0, len(legs), CHUNK)]
    if len(chunks) > 1:
        for index, chunk in enumerate(chunks, start=1):
            pbx.add_extension(slug, f"multipage-{index}", page["number"], [page_command(chunk, "q", page["duplex"]), ["Hangup"]])
        if page["pin"]:
            pbx.add_to_database(pin_family(page), page["pin"], "1")
        legs = [f"Local/{page['number']}@{slug}-multipage-{index}/n" for index in range(1, len(chunks) + 1)]
    commands.append(["Set", "__PBX_PAGER=${CHANNEL(endpoint)}"])
    paging = ",".join(page_command(legs, "q" if page["quiet"] else "", page["duplex"])[1:])
    commands.append(["ExecIf", f'$["${{FROM_TRUNK}}"=""]?Page({paging}):Hangup(21)'])
    commands.append(["Hangup"])
    pbx.add_extension(slug, "internal", page["number"], commands)


def pin_family(page):
    return f"multipage-pin/{page['number'].replace('*', 'star')}"


def page_command(legs, quiet, duplex):
    return ["Page", "&".join(legs), quiet + ("d" if duplex else ""), str(SECONDS)]


def chosen(wanted, tenants):
    """The slugs that a record names, of tenants that there are; "all" is every one of them."""
    return tenants if wanted == "all" else [slug for slug in tenants if slug in wanted]
