"""What the CDK itself has in each template."""

from __future__ import annotations

from emulator.engine.resources import NothingToDo, register


@register
class Metadata(NothingToDo):
    type = "AWS::CDK::Metadata"
