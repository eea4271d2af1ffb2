from addons.api import Boolean, Choice, MultiList, Secret, Text, TimeRange, Weekdays

MODES = [("free", "Free"), ("code", "With a code")]

params = [
    Boolean("limited", "At some hours"),
    Weekdays("days", "Days", group="Hours", default=["mon"], show_if=("limited", True)),
    TimeRange("hours", "From and to", group="Hours", show_if=("limited", True)),
    Secret("master", "Master code", placeholder="4 digits"),
    MultiList(
        "people",
        "People",
        params=[
            Text("who", "Who", required=True),
            Choice("mode", "Mode", choices=MODES, default="free"),
            Secret("code", "Code", required=True, show_if=("mode", "code")),
        ],
    ),
]
