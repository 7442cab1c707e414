"""Names, keys and subscriptions of log groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from emulator.engine import aws, quotas
from emulator.engine.conditions import NotUnderstood
from emulator.engine.policies import Request, allows
from emulator.engine.refusals import Asked, refuses
from emulator.engine.store import kept_backends


@refuses("AWS::Logs::LogGroup")
def name(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("LogGroupName")
    if isinstance(given, str) and not re.fullmatch(r"[.\-_/#A-Za-z0-9]{1,512}", given):
        yield (
            f"1 validation error detected: Value '{given}' at 'logGroupName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"
        )


@refuses("AWS::Logs::LogGroup")
def key(asked: Asked) -> Iterator[str]:
    place, given = asked.place, asked.properties.get("KmsKeyId")
    if not given or given == (asked.before or {}).get("KmsKeyId"):
        return
    name = asked.properties.get("LogGroupName", place.name)
    arn = f"arn:{place.partition}:logs:{place.region}:{place.account_id}:log-group:{name}"
    if not _may_encrypt(str(given), arn, place.region):
        yield f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"


def _may_encrypt(key_arn: str, log_group: str, region: str) -> bool:
    parts = key_arn.split(":")
    if len(parts) < 6:
        return False
    try:
        kms = aws.client("kms", parts[4], parts[3])
        policy = kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"]
        context = {"kms:EncryptionContext:aws:logs:arn": log_group, "aws:SourceArn": log_group}
        return any(
            allows(policy, Request(action, key_arn, {"Service": service}, context))
            for service in (f"logs.{region}.amazonaws.com", "logs.amazonaws.com")
            for action in ("kms:Encrypt", "kms:GenerateDataKey")
        )
    except ClientError:
        return False
    except NotUnderstood:
        return True


@refuses("AWS::Logs::SubscriptionFilter")
def subscriptions(asked: Asked) -> Iterator[str]:
    if asked.before is not None:
        return
    known = kept_backends[asked.place.account_id][asked.place.region].items.get(asked.place.type, {})
    others = [item for item in known.values() if item.get("LogGroupName") == asked.properties.get("LogGroupName")]
    if len(others) >= quotas.LOG_SUBSCRIPTIONS:
        yield "Resource limit exceeded."
