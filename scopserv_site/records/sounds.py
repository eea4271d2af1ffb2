"""A tenant's recordings, as programs see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialplan.sounds.models import Sound
from scopserv_site.records.json_schema import TEXT, Schema, as_object, field_schema
from scopserv_site.records.resource import Key, Resource, Values, here, place
from scopserv_site.sitefile.faults import Path
from scopserv_site.sitefile.shape import SOUNDS as SECTION


class SoundResource(Resource):
    """Recordings; what is in one is written, and heard on its page."""

    names: Key = ("name",)
    model: Any = Sound

    def schema(self) -> Schema:
        described = {**TEXT, "contentEncoding": "base64", "writeOnly": True, "description": "A WAV of 8 kHz, mono, 16 bit, or a GSM file."}
        seconds = {"type": "number", "readOnly": True}
        return as_object({"name": field_schema(Sound._meta.get_field("name")), "seconds": seconds, "content": described}, self.names)

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"name": row.name, "seconds": round(row.seconds, 2)} for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        return here(SECTION, {name: values.get("content") for (name,), values in records.items()})

    def where(self, key: Key) -> Path:
        return place(SECTION, *key)

    def fault_path(self, path: Path) -> Path:
        return ("content", *path)


SOUNDS = SoundResource("sounds", "Sounds", "sound")
