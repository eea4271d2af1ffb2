"""Recordings that come with a form: each is stored when the form is saved, and its param holds its name."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files import File

from addons.declarations.errors import Path
from addons.declarations.param import Param
from addons.declarations.params import MultiList
from addons.declarations.sound import OWN
from addons.declarations.sound import Sound as SoundParam
from dialplan.build.sounds import KIND, LONGEST_NAME, sound_name
from dialplan.changes import changing
from dialplan.sounds.admin import uploaded
from dialplan.sounds.content import BadSound, Content
from dialplan.sounds.models import Sound, keep


class Uploads:
    """The recordings of one form, by the names that they get."""

    def __init__(self) -> None:
        self.contents: dict[str, Content] = {}
        self.errors: dict[Path, str] = {}

    def named(self, params: Sequence[Param], given: Mapping[str, Any], path: Path = ()) -> dict[str, Any]:
        """What a form gives, with a name in place of each file; what is wrong with a file is in `errors`."""
        found = dict(given)
        for param in params:
            value, at = given.get(param.name), (*path, param.name)
            if isinstance(param, SoundParam) and isinstance(value, File):
                found[param.name] = self._name(value, at)
            elif isinstance(param, MultiList) and isinstance(value, list):
                for index, row in enumerate(value):
                    if isinstance(row, dict):
                        row.update(self.named(param.params, row, (*at, index)))
        return found

    def save(self) -> None:
        """Stores them in the open tenant. Raises Refused when there is no room."""
        if self.contents:
            with changing() as change:
                for name, content in self.contents.items():
                    keep(name, content)
                change.touch(KIND)

    def _name(self, file: Any, path: Path) -> str:
        try:
            content = uploaded(file)
        except BadSound as error:
            self.errors[path] = str(error)
            return ""
        name = self._free(sound_name(file.name or ""), content)
        self.contents[name] = content
        return OWN + name

    def _free(self, wanted: str, content: Content) -> str:
        """A name that nothing else has; the very same recording is not stored twice."""
        digest = hashlib.sha256(content.data).hexdigest()
        known = dict(Sound.objects.filter(name__startswith=wanted[: LONGEST_NAME - 4]).values_list("name", "digest"))
        known |= {name: hashlib.sha256(each.data).hexdigest() for name, each in self.contents.items()}
        names = [wanted, *(f"{wanted[: LONGEST_NAME - 4].rstrip('-')}-{number}" for number in range(2, 999))]
        return next(name for name in names if known.get(name, digest) == digest)
