"""The second factor: codes that an app on the telephone makes (TOTP), and recovery codes, each good once."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import pbkdf2
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import TOTP

from tenants.logins.models import Authenticator
from tenants.logins.sessions import end_sessions
from tenants.models import User

KEY_BYTES = 20
KEY_GOOD_FOR = timedelta(hours=1)  # as long as nobody confirmed it
DIGITS = 6
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that reads like another one
LENGTH = 12  # 59 bits
ROUNDS = 50_000


class TooSoon(Exception):
    """Codes are not looked at before this time, because wrong ones came."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def authenticator_of(user: Any) -> Authenticator | None:
    """What somebody's codes come from; None for those who have no second factor."""
    return Authenticator.objects.filter(user_id=user.pk, confirmed=True).first()


def is_required(user: Any, tenant: Any) -> bool:
    """Whether somebody must have a second factor at this tenant's console, or (None) at operators'."""
    if user.is_superuser and settings.OPERATORS_SECOND_FACTOR == "required":
        return True
    return tenant is not None and tenant.second_factor_required


def mark(request: HttpRequest, authenticator: Authenticator) -> None:
    """Notes in the session that its person gave a code."""
    request.session[DEVICE_ID_SESSION_KEY] = authenticator.persistent_id


def is_marked(request: HttpRequest, authenticator: Authenticator) -> bool:
    """Whether a code of this second factor was given in the session."""
    return bool(request.session.get(DEVICE_ID_SESSION_KEY) == authenticator.persistent_id)


def prepare(user: Any) -> Authenticator:
    """A second factor that its person has to confirm with a code: the one that was shown to them a moment ago, or a new one."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed=False, created_at__lt=timezone.now() - KEY_GOOD_FOR).delete()
        made, _ = Authenticator.objects.get_or_create(
            user=user, defaults={"confirmed": False, "key": base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()}
        )
    return made


def address(authenticator: Authenticator, issuer: str) -> str:
    """What the QR code says, as apps understand it."""
    label = quote(f"{issuer.replace(':', ' ')}:{authenticator.user.username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': authenticator.key, 'issuer': issuer}, quote_via=quote)}"


def confirm(user: Any, code: str, session_key: str) -> list[str] | None:
    """Puts the second factor to use and ends the person's other sessions; the recovery codes, or None for a wrong code. Raises TooSoon."""
    with transaction.atomic():
        found = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
        if found is None or not _take(found, code):
            return None
        found.confirmed = True
        end_sessions(user, but=session_key)
        return _renew_codes(found)


def verify(user: Any, code: str) -> bool:
    """Whether the code is right; it is not so a second time. Raises TooSoon."""
    with transaction.atomic():
        found = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        return found is not None and _take(found, code)


def renew_codes(user: Any) -> list[str]:
    """New recovery codes, in place of the ones before."""
    with transaction.atomic():
        return _renew_codes(Authenticator.objects.select_for_update().get(user=user, confirmed=True))


def remove(user: Any) -> bool:
    """Takes the second factor away; whether there was one."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])


def reset(user: User) -> bool:
    """Takes somebody else's second factor away, and ends their sessions; whether there was one."""
    end_sessions(user)
    return remove(user)


def _take(authenticator: Authenticator, code: str) -> bool:
    allowed, why = authenticator.verify_is_allowed()
    if not allowed:
        raise TooSoon(why["locked_until"])
    text = "".join(code.split()).replace("-", "").lower()
    right = _take_code(authenticator, text) if text.isdecimal() and len(text) == DIGITS else _take_recovery_code(authenticator, text)
    if right:
        authenticator.throttle_reset(commit=False)
        authenticator.set_last_used_timestamp(commit=False)
    else:
        authenticator.throttle_increment(commit=False)
    authenticator.save()
    return right


def _take_code(authenticator: Authenticator, text: str) -> bool:
    totp = TOTP(base64.b32decode(authenticator.key), digits=DIGITS)
    right: bool = totp.verify(int(text), tolerance=1, min_t=authenticator.last_step + 1)
    if right:
        authenticator.last_step = totp.t()
    return right


def _take_recovery_code(authenticator: Authenticator, text: str) -> bool:
    digest = _digest(text, authenticator.salt) if len(text) == LENGTH else ""
    if digest not in authenticator.digests:
        return False
    authenticator.digests.remove(digest)
    return True


def _renew_codes(authenticator: Authenticator) -> list[str]:
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    authenticator.salt = secrets.token_hex(16)
    authenticator.digests = [_digest(code, authenticator.salt) for code in codes]
    authenticator.save()
    return ["-".join(code[start : start + 4] for start in range(0, LENGTH, 4)) for code in codes]


def _digest(code: str, salt: str) -> str:
    return pbkdf2(code, salt, ROUNDS).hex()
