"""The one exception with which a change is refused; its message is for people."""


class Refused(Exception):
    """The change cannot be made; says who, what, where and what to do."""
