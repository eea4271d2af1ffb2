"""What gunicorn logs of requests; setup/server/gunicorn.conf.py names it."""

from typing import Any

from gunicorn.glogging import Logger

from scopserv_site.web.logs import TokenFilter, without_tokens


class TokenlessLogger(Logger):
    """Logs no token that stands in an address: not the path's, nor the query's, nor that of the page before."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(TokenFilter())

    def atoms(self, *args: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(*args)
        return found | {"U": without_tokens(found["U"] or ""), "q": "", "r": "", "f": "", "{referer}i": ""}
