from addons.api import Choice, Integer, MultiList, Number, Reference

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal"),
    Choice("metal", "Metal", tab="general", default="bronze", choices=["bronze", "brass", "tin"]),
    MultiList(
        "strokes",
        "Strokes",
        tab="strokes",
        maximum=4,
        params=[Reference("phone", "Phone", to="phone", required=True), Integer("times", "Times", default=1, minimum=1, maximum=9)],
    ),
]
