"""The codes of sounds, and of files in general: what is wrong with a path, or with what lies there."""

from __future__ import annotations

from deckgen.codes.entry import Entry


def _answer(text: str) -> str:
    return f"- id: chambers\n  question: Which sound is it?\n  answer: {text}\n"


_S3 = _answer('"![Third heart sound](audio/s3.mp3)"')

SOUNDS: dict[str, Entry] = {
    "sound-alt": Entry(
        "a sound without a text alternative",
        "Say what is heard: paper can only name it, and not everybody hears it.",
        _answer('"![](audio/s3.mp3)"'),
        _S3,
    ),
    "sound-remote": Entry(
        "a sound from the web",
        "Cards must work without a network; copy the sound into the deck's folder.",
        _answer('"![x](https://example.org/s3.mp3)"'),
        _S3,
    ),
    "missing-sound": Entry(
        "a sound is not there",
        "Paths are relative to the deck's folder.",
        _answer('"![x](audio/s4.mp3)"'),
        _S3,
    ),
    "sound-type": Entry(
        "not a sound deckgen knows",
        "MP3, M4A, Ogg Vorbis, Opus, WAV and FLAC, told by their content. A path that ends like one of these means a sound, any other a picture.",
    ),
    "media-damaged": Entry(
        "a picture or a sound is damaged",
        "It is empty or cut off, or its parts do not add up. Players guess at such files, each in its own way.",
    ),
    "unused-media": Entry(
        "a picture or a sound that nothing shows",
        "It is left over, or its path was forgotten in a text. A name that begins with `_` says that it is meant to lie there.",
    ),
}
