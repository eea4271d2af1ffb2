"""What a page's forms would send, with somebody else's values in all that is not typed by hand."""

from collections.abc import Iterator
from html.parser import HTMLParser

Fields = dict[str, str]
KEPT = ("csrfmiddlewaretoken", "next")
CHOSEN = ("hidden", "radio", "checkbox", "submit")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.forms.append((given.get("action", ""), {}))
        name = given.get("name")
        if not self.forms or not name or tag not in ("input", "select", "button", "textarea"):
            return
        chosen = tag in ("select", "button") or given.get("type", "") in CHOSEN
        self.forms[-1][1][name] = "chosen" if chosen and name not in KEPT else given.get("value", "")


def posts(html: str, value: str) -> Iterator[tuple[str, Fields]]:
    """For each form that the page posts: where to, and what it sends when each thing in it that is chosen is this value."""
    reader = _Forms()
    reader.feed(html)
    for action, form in reader.forms:
        yield action, {name: value if given == "chosen" else given for name, given in form.items()}
