"""What a text may hold wherever it stands: nothing that ends a line, hides, or turns the direction of writing. No Django."""

import unicodedata

_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_clean(text: str) -> bool:
    """Tell whether a text is free of characters that end a line, hide, or turn the direction of writing."""
    if text.isascii():
        return text.isprintable()
    return all(unicodedata.category(character) not in _BAD_CATEGORIES for character in text)


def check_text(field: str, text: str) -> str:
    """Refuse what no field may hold: control characters, line ends of any kind, invisible marks, lone surrogates."""
    if not isinstance(text, str):
        raise ValueError(f"{field}: {quoted(text)} is not text")
    if not is_clean(text):
        bad = next(character for character in text if not is_clean(character))
        raise ValueError(
            f"{field}: {quoted(text)} holds the invisible character U+{ord(bad):04X}; take it out "
            "(line ends, tabs, control characters and direction marks are not allowed)"
        )
    return text


def check_name(text: str) -> str:
    """Check the name of a company or a person."""
    if not check_text("name", text).strip():
        raise ValueError("name: holds nothing but blanks; write a name")
    return text


def quoted(value: object) -> str:
    """Quote a value for a message, on one line and cut short."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
