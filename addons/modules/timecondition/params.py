"""What opening hours hold."""

from zoneinfo import available_timezones

from addons.api import Boolean, Choice, Date, Destination, MultiList, Number, Text, TimeRange, Weekdays

WORK = ["mon", "tue", "wed", "thu", "fri"]

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal", pattern=r"\d{2,10}", placeholder="800"),
    Text("name", "Name", tab="general", maximum=60, help="For people who read the list, for example 'Office hours'."),
    Destination("open", "While open", tab="general", default="hangup", required=True),
    Destination("closed", "While closed", tab="general", default="hangup", required=True),
    Number(
        "code",
        "Code to switch by hand",
        tab="general",
        context="internal",
        unique=True,
        placeholder="*800",
        help="Dialled on a phone it turns open and closed round; dialled again, or without a code, the hours count. A lamp can watch it.",
    ),
    Choice("zone", "Time zone", tab="general", choices=sorted(available_timezones()), help="Without one, that of the server counts."),
    MultiList(
        "hours",
        "Hours",
        tab="hours",
        params=[Weekdays("days", "Days", required=True, default=WORK), TimeRange("time", "Time", required=True, default="08:00-17:00")],
        help="Open within any of these rows.",
    ),
    MultiList(
        "holidays",
        "Holidays",
        tab="holidays",
        params=[Date("date", "Date", required=True), Boolean("yearly", "Every year"), Text("label", "Name", maximum=60)],
        help="Closed on these days, whatever the hours say.",
    ),
]
