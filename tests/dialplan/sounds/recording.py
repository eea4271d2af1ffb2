"""Recordings for tests."""

import io
import wave

from django.core.files.uploadedfile import SimpleUploadedFile


def wav(seconds: float = 1, *, rate: int = 8000, channels: int = 1, width: int = 2, sample: int = 1) -> bytes:
    """A WAV file that holds one value all the time."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setnchannels(channels)
        writing.setsampwidth(width)
        writing.setframerate(rate)
        writing.writeframes(bytes([sample]) * int(seconds * rate) * channels * width)
    return file.getvalue()


def upload(name: str = "Welcome (new).WAV", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, wav() if content is None else content)
