"""How the consoles look and what stands in their side bar; settings.UNFOLD points here."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

STYLES = [lambda request: static("scopserv_site/colors.css"), lambda request: static("scopserv_site/console.css")]
SCRIPTS = [lambda request: static("scopserv_site/htmx_config.js")]
FAVICONS = [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("scopserv_site/favicon.svg")}]


def title(request: HttpRequest) -> str:
    tenant = getattr(request, "tenant", None)
    return tenant.name if tenant else "Operator console"


def subheader(request: HttpRequest) -> str:
    return "Phone console" if getattr(request, "tenant", None) else "Phone systems"


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar: what a tenant's staff, or operators, may open."""
    tenant = getattr(request, "tenant", None)
    groups = TENANT_GROUPS if tenant else OPERATOR_GROUPS
    addons = [_item(str(addon.info.name), "extension", addon.name, "record") for addon in _addons_here() if addon.params]
    found: list[dict[str, Any]] = [
        {"title": name, "separator": index > 0, "items": [_item(*entry) for entry in entries]}
        for index, (name, entries) in enumerate(groups)
    ]
    found[0]["items"].insert(0, {"title": "Dashboard", "icon": "dashboard", "link": reverse("admin:index")})
    overview = {"title": "Installed addons", "icon": "widgets", "link": reverse("admin:addons")}
    found.insert(1, {"title": "Addons", "separator": True, "items": [*addons, overview]})
    found.append(
        {"title": "Programs", "separator": True, "items": [{"title": "API tokens", "icon": "key", "link": reverse("admin:tokens")}]}
    )
    return found


def _addons_here() -> list[Any]:
    from addons.commits.switch import addons_here  # here, because settings read this module before models can be

    return addons_here()


def _item(name: str, icon: str, app: str, model: str) -> dict[str, Any]:
    return {
        "title": name,
        "icon": icon,
        "link": reverse(f"admin:{app}_{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{model}"),
    }


TENANT_GROUPS = [
    (
        "Phone system",
        [
            ("Phones", "deskphone", "dialplan", "phone"),
            ("Incoming lines", "call_received", "dialplan", "incomingline"),
            ("Outgoing lines", "call_made", "dialplan", "outgoingline"),
            ("Sounds", "music_note", "sounds", "sound"),
        ],
    ),
    (
        "Dialplan",
        [
            ("Contexts", "account_tree", "dialplan", "context"),
            ("Extensions", "dialpad", "dialplan", "extension"),
            ("AstDB", "database", "dialplan", "astdbentry"),
            ("Revisions", "history", "dialplan", "revision"),
            ("Audit trail", "manage_history", "audit", "auditentry"),
        ],
    ),
    (
        "People",
        [
            ("People", "group", "staff", "person"),
            ("Roles", "badge", "staff", "role"),
        ],
    ),
]
OPERATOR_GROUPS = [
    (
        "Site",
        [
            ("Tenants", "apartment", "tenants", "tenant"),
            ("Deleted tenants", "auto_delete", "life", "archive"),
            ("Nodes", "dns", "deploy", "node"),
            ("Trunks", "cable", "trunks", "trunk"),
            ("Users", "group", "tenants", "user"),
            ("Audit trail", "manage_history", "audit", "auditentry"),
        ],
    ),
]

UNFOLD = {
    "SITE_TITLE": title,
    "SITE_HEADER": title,
    "SITE_SUBHEADER": subheader,
    "SITE_SYMBOL": "phone_in_talk",
    "SITE_URL": None,
    "SHOW_BACK_BUTTON": True,
    "STYLES": STYLES,
    "SCRIPTS": SCRIPTS,
    "SITE_FAVICONS": FAVICONS,
    "ACCOUNT": {"navigation": [{"title": "My account", "link": lambda request: reverse("admin:account")}]},
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": navigation},
}
