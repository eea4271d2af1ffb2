"""The codes that phones dial."""

from addons.api import Number

CODE = r"\*\d{1,4}"

params = [
    Number(
        "forward",
        "Code to forward",
        default="*72",
        required=True,
        context="internal",
        pattern=CODE,
        help="Dialled with the number behind it, as *72102, or alone: then a voice asks for the number.",
    ),
    Number("end", "Code to end it", default="*73", required=True, context="internal", pattern=CODE),
]
