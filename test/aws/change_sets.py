"""Whether CloudFormation would create our stacks: it validates change sets, and they are never executed."""

from __future__ import annotations

import secrets
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from experiment import NO_ASSEMBLY, Outcome, Setting, compact
from validations import LIMIT

# no change set of these is made, although none would be executed
NEVER = ("AWS::Organizations::",)


class ChangeSets:
    name = "change-sets"
    question = "does the validation of change sets find anything in the stacks of the assembly?"
    source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html"
    costs = "nothing"
    leaves = "nothing: each change set and its stack in review are deleted"

    def run(self, setting: Setting) -> list[Outcome]:
        return [self._try(setting, name, template) for name, template in setting.templates()] or [NO_ASSEMBLY]

    def _try(self, setting: Setting, name: str, template: dict[str, Any]) -> Outcome:
        template = _without_bootstrap(template)
        types = sorted({resource["Type"] for resource in template.get("Resources", {}).values()})
        if found := next((one for one in types if one.startswith(NEVER)), None):
            return Outcome(name, None, f"not tried: it has a {found}")
        if template.get("Parameters"):
            return Outcome(name, None, f"not tried: it reads {', '.join(template['Parameters'])}, which other stacks leave there")
        if len(body := compact(template)) > LIMIT:
            return Outcome(name, None, f"not tried: {len(body)} bytes, of {LIMIT} that can be sent without a bucket")
        api = setting.client("cloudformation")
        stack = {"StackName": f"cdk-multi-account-org-experiment-{secrets.token_hex(4)}"}
        made = {**stack, "ChangeSetName": "experiment"}
        try:
            api.create_change_set(
                **made, ChangeSetType="CREATE", TemplateBody=body, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
            )
            return self._judge(api, name, made)
        except ClientError as error:
            return Outcome(name, False, str(error))
        finally:
            _forget(api, stack)

    def _judge(self, api: Any, name: str, made: dict[str, str]) -> Outcome:
        try:
            api.get_waiter("change_set_create_complete").wait(**made, WaiterConfig={"Delay": 5, "MaxAttempts": 60})
        except WaiterError:
            pass  # its reason is asked for
        answer = api.describe_change_set(**made)
        if answer["Status"] == "CREATE_COMPLETE":
            return Outcome(name, True)
        return Outcome(name, False, f"{answer['Status']}: {answer.get('StatusReason', 'no reason')}")


def _without_bootstrap(template: dict[str, Any]) -> dict[str, Any]:
    """The account need not be bootstrapped."""
    parameters = {name: value for name, value in template.get("Parameters", {}).items() if name != "BootstrapVersion"}
    kept = {name: value for name, value in template.items() if name not in ("Rules", "Parameters")}
    return {**kept, "Parameters": parameters} if parameters else kept


def _forget(api: Any, stack: dict[str, str]) -> None:
    """With its change sets. What could not be created has none."""
    try:
        api.delete_stack(**stack)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
