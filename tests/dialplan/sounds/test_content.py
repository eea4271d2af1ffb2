"""What a file is taken for, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialplan.build.sounds import check_sound_name, sound_name
from dialplan.sounds.content import LARGEST, BadSound, read_sound
from tests.dialplan.sounds.recording import wav

GSM = (b"\xd2" + bytes(32)) * 50


def test_a_wav_of_telephones_is_taken_without_what_is_not_sound() -> None:
    tagged = wav(2) + b"LIST" + (20).to_bytes(4, "little") + b"INFOIART<script>----"
    content = read_sound(tagged)
    assert (content.ending, content.seconds, content.data) == ("wav", 2, wav(2))
    assert read_sound(content.data) == content


def test_gsm() -> None:
    assert (read_sound(GSM).ending, read_sound(GSM).seconds) == ("gsm", 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (wav(1, rate=44100, channels=2), "this WAV is 44.1 kHz, stereo, 16 bit; convert it to WAV, 8 kHz, mono, 16 bit"),
        (wav(1, rate=16000), "this WAV is 16 kHz, mono, 16 bit"),
        (wav(1, width=1), "this WAV is 8 kHz, mono, 8 bit"),
        (wav(0), "there is no sound in this WAV"),
        (wav()[:30], "this WAV cannot be read"),
        (wav().replace(b"\x01\x00\x01\x00", b"\x07\x00\x01\x00", 1), "this WAV cannot be read"),
        (b"ID3\x03" + bytes(99), "this is an MP3; convert it"),
        (b"\xff\xfb\x90" + bytes(99), "this is an MP3"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(99), "this is an MP4 or M4A file"),
        (b"OggS" + bytes(99), "this is an Ogg file"),
        (b"<html></html>", "this is neither a WAV nor a GSM file"),
        (GSM[:-1], "this is neither"),
        (b"", "this file is empty"),
        (wav() + bytes(LARGEST), "this file has more than 5 MB"),
    ],
)
def test_what_asterisk_would_not_play_is_refused_with_what_it_is(given: bytes, message: str) -> None:
    with pytest.raises(BadSound) as caught:
        read_sound(given)
    assert message in str(caught.value)


@given(st.data())
def test_nothing_but_badsound_comes_of_a_broken_file(data: st.DataObject) -> None:
    whole = bytearray(wav(0.01))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, 60))] = data.draw(st.integers(0, 255))
    try:
        content = read_sound(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except BadSound:
        return
    assert read_sound(content.data) == content


@given(st.text(max_size=60))
def test_every_file_name_makes_a_name(text: str) -> None:
    check_sound_name(sound_name(text))
