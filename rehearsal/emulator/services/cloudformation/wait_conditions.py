"""What a stack waits for."""

from __future__ import annotations

from emulator.engine.resources import NothingToDo, register


@register
class WaitConditionHandle(NothingToDo):
    type = "AWS::CloudFormation::WaitConditionHandle"
