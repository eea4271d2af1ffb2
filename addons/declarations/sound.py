"""The kind of form parameter that names a sound: one that the server has, or a recording of the tenant's own."""

import re
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from addons.declarations.declare import Words
from addons.declarations.errors import ParamError, Path
from addons.declarations.param import Param, plain_text
from dialplan.build.sounds import KIND, check_sound_name, sound_path

_SOUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,6}")
OWN = f"{KIND}:"


@dataclass(frozen=True, slots=True)
class Sound(Param):
    """A sound that can be played: hello-world, custom/opening-hours, or an uploaded recording as sound:welcome; without an ending.

    Its form takes an upload. `commit` gets what Playback and Background take.
    """

    _: KW_ONLY
    placeholder: Words = "hello-world"

    to: ClassVar[str] = KIND  # what it may name, as a Reference does
    everything: ClassVar[bool] = False

    def _clean(self, value: Any) -> str:
        text = plain_text(value).strip()
        if text.startswith(OWN):
            try:
                return OWN + check_sound_name(text.removeprefix(OWN))
            except ValueError as error:
                raise ParamError(str(error).removeprefix("name: ")) from None
        if not text or (_SOUND.fullmatch(text) and len(text) <= 80):
            return text
        if (ending := _ENDING.search(text)) and _SOUND.fullmatch(text[: ending.start()]) and ending.end() == len(text):
            raise ParamError(f"{text!r} has an ending; leave out {ending[0]}, as Asterisk picks the format itself")
        raise ParamError(f"{text!r} is not the name of a sound such as hello-world or custom/welcome; use up to 80 of a-z, 0-9, - _ and /")

    def references(self, value: Any) -> Iterator[tuple[Path, str, str]]:
        if value.startswith(OWN):
            yield (), KIND, value.removeprefix(OWN)

    def as_read(self, value: Any) -> Any:
        return sound_path(value.removeprefix(OWN)) if value.startswith(OWN) else value
