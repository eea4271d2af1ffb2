"""What all boxes have in common."""

from addons.api import Integer, Number

params = [
    Number(
        "listen",
        "Code to listen",
        default="*97",
        required=True,
        context="internal",
        pattern=r"\*\d{1,4}",
        help="Dialled alone for the phone's own box, or as *97101 for that of 101, whose PIN is then asked; a lamp can watch *97101. "
        "After each message 3 says when it came and from whom, 5 repeats it, 6 goes on, and 7 deletes it.",
    ),
    Integer("seconds", "Longest message", default=120, minimum=5, maximum=600, required=True, help="In seconds."),
    Integer(
        "messages",
        "Messages in a box",
        default=20,
        minimum=1,
        maximum=99,
        required=True,
        help="A message beyond it takes the oldest one away, once it has been left. A lower number takes none away until then.",
    ),
]
