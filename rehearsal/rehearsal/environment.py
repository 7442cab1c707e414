"""The environment of the CDK CLI: nothing of the caller's AWS, nothing that leaves the machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

_DROPPED = re.compile(
    r"AWS_.*|AMAZON_.*|CDK_.*|BOTO_.*|MOTO_.*|REHEARSAL_.*|(HTTPS?|ALL|FTP|NO)_PROXY|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED",
    re.IGNORECASE,
)
# the app itself may need these; none of them carries credentials
_KEPT = {"CDK_DEBUG", "CDK_VALIDATION"}


def clean(base: dict[str, str] | None = None) -> dict[str, str]:
    source = dict(os.environ if base is None else base)
    return {key: value for key, value in source.items() if key in _KEPT or not _DROPPED.fullmatch(key)}


def for_cli(credentials: dict[str, str], region: str, endpoint: str, guard: str, private: Path) -> dict[str, str]:
    """`private` is a folder of the rehearsal: empty AWS settings, and the CLI's own caches."""
    empty = private / "empty"
    empty.touch()
    return {
        **clean(),
        **credentials,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_LOAD_CONFIG": "0",
        "AWS_MAX_ATTEMPTS": "2",
        # the CLI remembers which account a key belongs to: in a folder of its own
        "CDK_HOME": str(private / "cdk-home"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "HTTP_PROXY": guard,
        "HTTPS_PROXY": guard,
        "ALL_PROXY": guard,
        "http_proxy": guard,
        "https_proxy": guard,
        "all_proxy": guard,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "NO_COLOR": "1",
        "FORCE_COLOR": "0",
        "CI": "true",
        "NODE_NO_WARNINGS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
