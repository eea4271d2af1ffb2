"""The dialplan of opening hours: context `hours` says "open" or "closed", and context `timecondition` sends the call there.

What people switch by hand is in the AstDB, family `timecondition`: keys that phones write, and the console never does. They count only
where there is a code to switch back with.
"""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def commit(pbx):
    for hours in pbx.get_config():
        slug, number, code = hours["tenant"], hours["number"], hours["code"]
        pbx.add_extension(slug, "internal", number, [f"Goto({{tenant}}-timecondition,{number},1)"])
        pbx.add_extension(slug, "hours", number, decide(hours))
        pbx.add_extension(slug, "timecondition", number, send(pbx, hours))
        if code:
            pbx.add_extension(slug, "internal", code, switch(hours))
            pbx.add_to_dialplan(slug, "internal", code, "hint", [lamp(hours)])


def decide(hours):
    """The clock's answer, as a subroutine. Dates and days are Asterisk's own words, so that they are safe inside $[...]."""
    days = [("%m-%d", row["date"][5:]) if row["yearly"] else ("%Y-%m-%d", row["date"]) for row in hours["holidays"]]
    holidays = [f'$["${{STRFTIME(${{EPOCH}},{hours["zone"]},{form})}}"="{day}"]' for form, day in days]
    ranges = [part for row in hours["hours"] for part in parts(row["days"], row["time"])]
    closed = len(holidays) + len(ranges) + 1
    yield from (["GotoIf", f"{holiday}?{closed}"] for holiday in holidays)
    for days, time in ranges:
        yield ["GotoIfTime", time, "&".join(days), "*", "*", f"{hours['zone']}?{closed + 1}"]
    yield from (["Return", "closed"], ["Return", "open"])


def send(pbx, hours):
    """Sends the call where the hours say; it counts, as a circle of destinations takes no time and would never end."""
    yield ["Set", "PBX_ROUNDS=x${PBX_ROUNDS}"]
    yield ["ExecIf", "$[${LEN(${PBX_ROUNDS})}>50]?Hangup()"]
    yield ["Gosub", "{tenant}-hours", hours["number"], "1"]
    by_hand = f"${{IF(${{DB_EXISTS({key(hours)})}}?${{FILTER(a-z,${{DB({key(hours)})}})}}:${{GOSUB_RETVAL}})}}"
    yield ["Set", f"PBX_HOURS={by_hand if hours['code'] else '${GOSUB_RETVAL}'}"]
    yield ["GotoIf", '$["${PBX_HOURS}"="open"]?6:7']
    yield pbx.destination(hours["open"])
    yield pbx.destination(hours["closed"])


def switch(hours):
    """Turns it the other way round, or back to what the clock says."""
    return f"""
Answer()
GotoIf(${{DB_EXISTS({key(hours)})}}?8)
Gosub({{tenant}}-hours,{hours["number"]},1)
Set(DB({key(hours)})=${{IF($["${{GOSUB_RETVAL}}"="open"]?closed:open)}})
Set(DEVICE_STATE({lamp(hours)})=INUSE)
Playback(activated)
Hangup()
Set(DB_DELETE({key(hours)})=)
Set(DEVICE_STATE({lamp(hours)})=NOT_INUSE)
Playback(de-activated)
Hangup()
""".strip().splitlines()


def parts(days, time):
    """A range of time for GotoIfTime, whose last minute counts; one that goes over midnight ends on the days after."""
    start, end = time.split("-")
    if start < end:
        return [(days, f"{start}-{before(end)}")]
    after = [DAYS[(DAYS.index(each) + 1) % 7] for each in days]
    evening = [(days, f"{start}-23:59")]
    return evening if end == "00:00" else [*evening, (after, f"00:00-{before(end)}")]


def before(time):
    """The minute before; a day ends with its last minute."""
    minutes = int(time[:2]) * 60 + int(time[3:]) - 1
    return time if time == "23:59" else f"{minutes // 60:02}:{minutes % 60:02}"


def key(hours):
    return f"{{tenant}}/timecondition/{hours['number']}"


def lamp(hours):
    return f"Custom:{{tenant}}_hours{hours['number']}"
