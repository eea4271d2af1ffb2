from addons.api import Boolean, Integer, Text

params = [
    Text("words", "Words", required=True, maximum=40),
    Integer("pause", "Pause", default=2, minimum=0, maximum=9),
    Boolean("formal", "Formal"),
]
