"""Recordings that tenants upload: their names, and where on a node they are."""

import re

from .names import check_slug

KIND = "sound"  # how params and records name one: sound:welcome
LONGEST_NAME = 40

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_sound_name(name: str) -> str:
    """Check the name of a recording. Raises ValueError."""
    if not is_sound_name(name):
        raise ValueError(f"name: {name!a} cannot name a sound; use up to {LONGEST_NAME} of a-z, 0-9 and single - between them")
    return name


def is_sound_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def sound_name(file_name: str) -> str:
    """A name made of that of a file: "Welcome (new).WAV" becomes "welcome-new"."""
    stem = file_name.rpartition("/")[2].rpartition("\\")[2].rsplit(".", 1)[0]
    return "-".join(re.findall(r"[a-z0-9]+", stem.lower()))[:LONGEST_NAME].strip("-") or "sound"


def sounds_folder(slug: str) -> str:
    """The folder on a node that holds a tenant's recordings."""
    return f"tenants/{check_slug(slug)}-sounds"


def sound_path(name: str) -> str:
    """What Playback and Background take for a recording of the tenant whose line it is; Asterisk adds the ending."""
    return f"${{ASTETCDIR}}/tenants/{{tenant}}-sounds/{check_sound_name(name)}"
