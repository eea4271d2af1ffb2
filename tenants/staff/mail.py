"""Sends invitations, where the site can send e-mail."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.utils.formats import date_format
from django.utils.timezone import localtime

from tenants.staff.models import Invitation

log = logging.getLogger(__name__)

TEXT = """\
{inviter} invites you to the phone console of {company}.

Open this link to accept; if you have no login yet, you choose a user name and a password there:

{link}

It is for you alone, works once, and until {expires}. If you expect nothing of the kind, do nothing.
"""


def send_link(invitation: Invitation, link: str) -> bool:
    """Sends the link to whom it is for; whether that worked."""
    company = " ".join(invitation.tenant.name.split())
    text = TEXT.format(
        inviter=invitation.inviter, company=company, link=link, expires=date_format(localtime(invitation.expires), "j F Y, H:i")
    )
    try:
        send_mail(f"Your login for the phones of {company}", text, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.warning("the invitation %s could not be sent: %s", invitation.pk, type(error).__name__)
        return False
    return True
