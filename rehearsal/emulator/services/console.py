"""Users of IAM who sign in to the console: with MFA, if they have a device, as AWS then tells policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/console_sign-in-mfa.html
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from emulator.engine import callers
from emulator.engine.needs import Need


class AuthenticationFailed(ServiceException):
    code = "AuthenticationFailed"
    message = "Your authentication information is incorrect."


class PasswordIsToBeChanged(ServiceException):
    code = "PasswordIsToBeChanged"


def sign_in(account_id: str, user_name: str, password: str, device: str = "", new_password: str = "") -> dict[str, str]:
    """The credentials of who has the password and, once the user has devices, one of them: `device` is its number."""
    users = iam_backends[account_id]["aws"].users.values()
    user: Any = next((one for one in users if one.name == user_name), None)
    # who has devices is asked for one
    if user is None or not user.password or user.password != password or device not in (user.mfa_devices or ("",)):
        raise AuthenticationFailed
    context = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"} if device else {"aws:MultiFactorAuthPresent": "false"}
    begun = callers.SignedIn(account_id, user_name, context)
    if user.password_reset_required:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html
        if not new_password:
            raise PasswordIsToBeChanged("You must change your password to continue.")
        if refused := begun.caller.refusal(Need("iam:ChangePassword", user.arn), callers.target(account_id), {}):
            raise PasswordIsToBeChanged(refused)
        user.password, user.password_reset_required = new_password, False
    return callers.given(begun)
