"""What an incoming line's page says about the blacklist."""

from addons.api import Boolean

params = [
    Boolean("screened", "Refuse blacklisted callers", default=True),
    Boolean("anonymous", "Refuse callers who hide their number"),
]
