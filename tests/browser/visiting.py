"""A person at a browser: opens pages, and remembers whatever was wrong with any of them."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

PASSWORD = "pass-for-tests"


class Visit:
    """One person's browser at one console."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.context = context
        self.problems: list[str] = []
        self.expected: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def goto(self, path: str) -> None:
        """Opens a page of the console."""
        self.page.goto(self.base + path)

    def log_in(self, name: str) -> None:
        """Logs in through the form."""
        self.goto("/login/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.title).to_have_text("Dashboard")

    @property
    def title(self) -> Locator:
        """Where one is."""
        return self.page.locator("h1.crumbs")

    @property
    def status(self) -> Locator:
        """What the header says about the nodes."""
        return self.page.locator(".deploy-status")

    @property
    def body(self) -> Locator:
        """The page below its header."""
        return self.page.locator("#main")

    def field(self, name: str) -> Locator:
        """A field of a form, by its name: labels may come again in what addons add."""
        return self.page.locator(f"#id_{name}")

    def tab(self, name: str) -> Locator:
        """A tab of a form."""
        return self.page.get_by_role("tab").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\b"))

    def save(self, more: str = "_save") -> None:
        """Saves a form and waits for the answer."""
        with self.page.expect_navigation():
            self.page.locator(f"button[name={more}]").click()

    def expect_fault(self, words: str) -> None:
        """Says that a page is about to complain in these words."""
        self.expected.append(words)

    def complaints(self) -> list[str]:
        """What was wrong without being expected, and what was expected without being wrong."""
        wrong = [problem for problem in self.problems if not any(words in problem for words in self.expected)]
        return wrong + [f"no page said {words!r}" for words in self.expected if not any(words in problem for problem in self.problems)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if urlsplit(request.url).scheme not in ("data", "blob") and host != "localhost" and not host.endswith(".localhost"):
            self.problems.append(f"{self.page.url} asks {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status} from {response.url}")
