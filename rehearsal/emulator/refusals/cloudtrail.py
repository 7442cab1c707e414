"""Names of trails, and where they send what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::CloudTrail::Trail")
def trail(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("TrailName")
    if isinstance(given, str) and re.search(r"[._-]{2}", given):
        yield f"{given} has adjacent periods, underscores or dashes (InvalidTrailNameException)"
    if asked.properties.get("CloudWatchLogsLogGroupArn") and not asked.properties.get("CloudWatchLogsRoleArn"):
        yield "A log group needs the role to write to it (InvalidCloudWatchLogsRoleArnException)"
