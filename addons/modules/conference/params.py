"""What a conference holds."""

from addons.api import Boolean, Integer, Number, Secret, Text

PIN = r"\d{4,10}"

params = [
    Number("number", "Number", tab="general", key=True, required=True, context="internal", placeholder="900", help="What people dial."),
    Text("name", "Name", tab="general", maximum=60, help="For people who read the list, for example 'Board'."),
    Secret("pin", "PIN", tab="general", pattern=PIN, help="4 to 10 digits that callers enter; empty for none."),
    Integer("maximum", "At most", tab="general", default=20, minimum=2, maximum=200, required=True, help="People in the room."),
    Boolean("music", "Music for whoever is alone", tab="general", default=True),
    Secret("moderator_pin", "Moderators' PIN", tab="moderators", pattern=PIN, help="Whoever enters it can mute, lock and close the room."),
    Boolean("wait", "Others wait for a moderator", tab="moderators"),
    Boolean("close", "The room closes when the last moderator leaves", tab="moderators"),
]
