"""Where the pages about logins stand, at both consoles."""

from functools import partial
from typing import Any

from django.urls import URLPattern, path

from scopserv_site.logins.account import account_page
from scopserv_site.logins.entering import code_step
from scopserv_site.logins.passwords import ask_for_link, new_password
from scopserv_site.logins.second_factor import second_factor_page
from scopserv_site.logins.someone import someone_page


def login_urls(site: Any) -> list[URLPattern]:
    """For a console's addresses; each page is for those who may enter it."""
    return [
        path("password-reset/", partial(ask_for_link, site), name="admin_password_reset"),  # a name for which the theme's login page looks
        path("password-reset/<uidb64>/<token>/", partial(new_password, site), name="password_reset_confirm"),
        path("login/code/", partial(code_step, site), name="login_code"),
        path("account/", site.admin_view(partial(account_page, site)), name="account"),
        path("account/second-factor/", site.admin_view(partial(second_factor_page, site)), name="second_factor"),
        path("logins/<int:number>/", site.admin_view(partial(someone_page, site)), name="login_of"),
    ]
