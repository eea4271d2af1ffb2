"""A tenant's slug: its schema in PostgreSQL, its host name, and the prefix of all that it owns on a node."""

import re

SLUG = re.compile(r"[a-z][a-z0-9]{0,15}")

# Schemas, host names and Asterisk contexts that are somebody else's; "pg..." is PostgreSQL's own.
RESERVED = frozenset(
    "all public default general globals global t admin www api static media main localhost template".split()
    + "trunk system transport internal server parked parkedcalls".split()
)


def check_slug(text: str) -> str:
    """The slug itself, when a tenant may be called so.

    Raises ValueError saying what a slug looks like, or that the name is reserved.
    """
    if not isinstance(text, str) or not SLUG.fullmatch(text):
        raise ValueError(f"slug {text!r}: use 1 to 16 lower-case letters and digits, a letter first, for example 'acme'")
    if text in RESERVED or text.startswith("pg"):
        raise ValueError(f"slug {text!r} is reserved; choose another one, for example '{text[:14]}co'")
    return text
