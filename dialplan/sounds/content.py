"""What is in a file that somebody uploads: only what Asterisk plays as it is, told by its content and never by its name."""

import io
import wave
from dataclasses import dataclass

LARGEST = 5 << 20  # bytes
WANTED = "convert it to WAV, 8 kHz, mono, 16 bit"
GSM_FRAME, GSM_SECONDS = 33, 0.02

_OTHERS = {
    b"ID3": "an MP3",
    b"\xff\xfb": "an MP3",
    b"\xff\xf3": "an MP3",
    b"\xff\xf2": "an MP3",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"FORM": "an AIFF file",
    b".snd": "an AU file",
}


class BadSound(ValueError):
    """A file that Asterisk would not play; says what it is and what to make of it."""


@dataclass(frozen=True, slots=True)
class Content:
    """A recording as it is stored: `ending` is what its file is called at the end, by which Asterisk knows its format."""

    ending: str
    seconds: float
    data: bytes


def read_sound(given: bytes) -> Content:
    """The recording in a file, a WAV without all that is not sound. Raises BadSound."""
    if len(given) > LARGEST:
        raise BadSound(f"this file has more than {LARGEST >> 20} MB; split it, or make it shorter")
    if given[:4] == b"RIFF" and given[8:12] == b"WAVE":
        return _wav(given)
    if given[4:8] == b"ftyp":
        raise BadSound(f"this is an MP4 or M4A file; {WANTED}")
    for beginning, what in _OTHERS.items():
        if given.startswith(beginning):
            raise BadSound(f"this is {what}; {WANTED}")
    if given and len(given) % GSM_FRAME == 0 and all(byte >> 4 == 0xD for byte in given[::GSM_FRAME]):
        return Content("gsm", len(given) / GSM_FRAME * GSM_SECONDS, given)
    raise BadSound(f"this is neither a WAV nor a GSM file; {WANTED}" if given else "this file is empty")


def _wav(given: bytes) -> Content:
    try:
        with wave.open(io.BytesIO(given)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:
        raise BadSound(f"this WAV cannot be read ({str(error) or 'it ends too early'}); {WANTED}") from None
    if (channels, width, rate) != (1, 2, 8000):
        heard = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
        raise BadSound(f"this WAV is {rate / 1000:g} kHz, {heard}, {width * 8} bit; {WANTED}")
    frames = len(data) // 2
    if not frames:
        raise BadSound("there is no sound in this WAV")
    plain = io.BytesIO()
    with wave.open(plain, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(data[: frames * 2])
    return Content("wav", frames / 8000, plain.getvalue())
