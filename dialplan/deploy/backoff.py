"""How long to wait before something that failed is tried again."""

import time


class Backoff:
    """When to try again: soon at first, then ever later."""

    def __init__(self, first: float, most: float) -> None:
        self._first, self._most = first, most
        self._delay = first
        self.at = 0.0

    def failed(self) -> None:
        self.at = time.monotonic() + self._delay
        self._delay = min(self._delay * 2, self._most)

    def reset(self) -> None:
        self._delay, self.at = self._first, 0.0
