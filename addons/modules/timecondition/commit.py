"""The dialplan of opening hours: context `hours` says "open" or "closed", and context `timecondition` sends the call there.

What people switch by hand is in the AstDB, family `timecondition`: keys that phones write, and the console never does.
"""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def commit(pbx):
    for hours in pbx.get_config():
        number = hours["number"]
        write(pbx, hours, "internal", number, [["Goto", "{tenant}-timecondition", number, "1"]])
        write(pbx, hours, "hours", number, decide(hours))
        write(pbx, hours, "timecondition", number, send(pbx, hours))
        if hours["code"]:
            write(pbx, hours, "internal", hours["code"], switch(hours))
            pbx.add_to_dialplan(hours["tenant"], "internal", hours["code"], "hint", [lamp(hours)])


def decide(hours):
    """The clock's answer, as a subroutine. Dates and days are Asterisk's own words, so that they are safe inside $[...]."""
    holidays = [f'$["${{STRFTIME(${{EPOCH}},{hours["zone"]},{form(row)})}}"="{day(row)}"]' for row in hours["holidays"]]
    ranges = [part for row in hours["hours"] for part in parts(row["days"], row["time"])]
    closed = len(holidays) + len(ranges) + 1
    for holiday in holidays:
        yield ["GotoIf", f"{holiday}?{closed}"]
    for days, time in ranges:
        yield ["GotoIfTime", time, "&".join(days), "*", "*", f"{hours['zone']}?{closed + 1}"]
    yield ["Return", "closed"]
    yield ["Return", "open"]


def send(pbx, hours):
    """Sends the call where the hours say; it counts, as a circle of destinations takes no time and would never end."""
    yield ["Set", "ROUNDS=x${ROUNDS}"]
    yield ["ExecIf", "$[${LEN(${ROUNDS})}>50]?Hangup()"]
    yield ["Gosub", "{tenant}-hours", hours["number"], "1"]
    by_hand = f"${{FILTER(a-z,${{DB({key(hours)})}})}}"
    yield ["Set", f"HOURS=${{IF(${{DB_EXISTS({key(hours)})}}?{by_hand}:${{GOSUB_RETVAL}})}}"]
    yield ["GotoIf", '$["${HOURS}"="open"]?6:7']
    yield pbx.destination(hours["open"])
    yield pbx.destination(hours["closed"])


def switch(hours):
    """Turns it the other way round, or back to what the clock says."""
    device = f"DEVICE_STATE({lamp(hours)})"
    yield ["Answer"]
    yield ["GotoIf", f"${{DB_EXISTS({key(hours)})}}?8"]
    yield ["Gosub", "{tenant}-hours", hours["number"], "1"]
    yield ["Set", f'DB({key(hours)})=${{IF($["${{GOSUB_RETVAL}}"="open"]?closed:open)}}']
    yield ["Set", f"{device}=INUSE"]
    yield ["Playback", "activated"]
    yield ["Hangup"]
    yield ["Set", f"DB_DELETE({key(hours)})="]
    yield ["Set", f"{device}=NOT_INUSE"]
    yield ["Playback", "de-activated"]
    yield ["Hangup"]


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


def form(row):
    return "%m-%d" if row["yearly"] else "%Y-%m-%d"


def day(row):
    return row["date"][5:] if row["yearly"] else row["date"]


def key(hours):
    return f"{{tenant}}/timecondition/{hours['number']}"


def lamp(hours):
    return f"Custom:{{tenant}}_hours{hours['number']}"


def write(pbx, hours, context, exten, commands):
    for priority, command in enumerate(commands, start=1):
        pbx.add_to_dialplan(hours["tenant"], context, exten, priority, command)
