"""Errors as AWS words them."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ValidationError(ServiceException):
    code = "ValidationError"


class AlreadyExists(ServiceException):
    code = "AlreadyExistsException"


class ResourceFailure(Exception):
    """A resource cannot be created, changed or deleted; the text becomes the stack event's reason."""
