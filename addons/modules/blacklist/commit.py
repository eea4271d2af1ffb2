"""Screens incoming lines: a call from a trunk runs `arriving-TRUNK,NUMBER` as a subroutine before it goes to its destination.

The numbers are in the AstDB, family `blacklist`, digits only, as carriers differ about the + in front.
"""

REJECTED = "21"  # the cause that the carrier is told


def commit(pbx):
    blacklist = pbx.get_config()
    for caller in blacklist:
        pbx.add_to_database("blacklist", caller["number"].lstrip("+"), "1")
    for line in pbx.get_infos("line_in"):
        for priority, command in enumerate(commands(line["extra"][pbx.addon], bool(blacklist)), start=1):
            pbx.add_to_dialplan(line["tenant"], f"arriving-{line['trunk']}", line["number"], priority, command)


def commands(extra, listed):
    """What a caller calls himself may be anything, a program to run included, so nothing but its digits is looked at."""
    caller = "${FILTER(0-9,${CALLERID(num)})}"
    tests = []
    if extra["screened"] and listed:
        tests.append(f"${{DB_EXISTS({{tenant}}/blacklist/{caller})}}")
    if extra["anonymous"]:
        tests.append(f"$[${{LEN({caller})}}=0]")
    return [*(["ExecIf", f"{test}?Hangup({REJECTED})"] for test in tests), *([["Return"]] if tests else [])]
