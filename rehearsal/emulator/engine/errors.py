"""Errors as AWS words them."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException


class ValidationError(ServiceException):
    code = "ValidationError"


class AlreadyExists(ServiceException):
    code = "AlreadyExistsException"


class ResourceFailure(Exception):
    """A resource cannot be created, changed or deleted; the text becomes the stack event's reason."""


# whatever AWS would answer; anything else is a fault of the emulator
AWS_ERRORS = (ResourceFailure, ServiceException, HTTPException, ClientError, BotoCoreError)


def reason_of(error: BaseException) -> str:
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        return f'Resource handler returned message: "{answer.get("Message")}" (HandlerErrorCode: {answer.get("Code")})'
    if isinstance(error, AWS_ERRORS):
        return str(getattr(error, "message", "") or error)
    return f"the emulator failed, not AWS: {type(error).__name__}: {error}"
