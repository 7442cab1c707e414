"""Deploying a template to the emulator, with the reason if that fails."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError
from refused.case import Template

from emulator.engine.aws import client
from emulator.engine.stacks import cloudformation_backends

ACCOUNT, REGION = "222222222222", "eu-west-1"


def api(service: str, account: str = ACCOUNT) -> Any:
    return client(service, account, REGION)


def deploy(body: Template | str, name: str = "s", **given: str) -> str:
    """Creates or changes a stack; returns why that failed, or nothing."""
    text = body if isinstance(body, str) else json.dumps(body)
    backend = cloudformation_backends[ACCOUNT][REGION]
    calls = api("cloudformation")
    call = calls.update_stack if backend.find(name) else calls.create_stack
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    try:
        call(StackName=name, TemplateBody=text, Parameters=parameters)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    stack = backend.get(name)
    if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return ""
    return "\n".join(str(event.reason) for event in stack.events if event.reason) or stack.status
