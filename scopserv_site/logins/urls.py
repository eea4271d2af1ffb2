"""Where the pages about logins stand, at both consoles."""

from functools import partial
from typing import Any

from django.urls import URLPattern, path

from scopserv_site.logins.account import account_page
from scopserv_site.logins.someone import someone_page


def login_urls(site: Any) -> list[URLPattern]:
    """For a console's addresses; each page is for those who may enter it."""
    return [
        path("account/", site.admin_view(partial(account_page, site)), name="account"),
        path("logins/<int:number>/", site.admin_view(partial(someone_page, site)), name="login_of"),
    ]
