"""The stack that bootstraps an account and region, and the command that makes or updates it by hand."""

from __future__ import annotations

from dataclasses import dataclass

from check.aws import Aws, Refused, partition

NAME = "CDKToolkit"
_USUAL_QUALIFIER = "hnb659fds"
_USUAL_VARIANT = "AWS CDK: Default Resources"
_NO_KEY_OF_OTHERS = ("", "AWS_MANAGED_KEY")
# what the CDK itself gives where nobody is trusted
_EVERYTHING = "iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True)
class Toolkit:
    status: str
    parameters: dict[str, str]
    outputs: dict[str, str]

    @property
    def qualifier(self) -> str:
        return self.parameters.get("Qualifier", "")

    @property
    def variant(self) -> str:
        """What a template that is not the CDK's calls itself."""
        found = self.parameters.get("BootstrapVariant", "")
        return "" if found == _USUAL_VARIANT else found

    @property
    def boundary(self) -> str:
        return self.parameters.get("InputPermissionsBoundary", "")

    @property
    def key(self) -> str:
        """A KMS key of somebody's own."""
        found = self.parameters.get("FileAssetsBucketKmsKeyId", "")
        return "" if found in _NO_KEY_OF_OTHERS else found

    @property
    def trusted(self) -> list[str]:
        return [item for item in self.parameters.get("TrustedAccounts", "").split(",") if item]

    @property
    def bucket(self) -> str:
        return self.outputs.get("BucketName", "")


def toolkit_of(account_id: str, region: str, aws: Aws) -> Toolkit | None:
    try:
        (found,) = aws.ask("cloudformation:DescribeStacks", account_id, region, StackName=NAME)["Stacks"]
    except Refused as refused:
        if refused.code == "ValidationError":
            return None
        raise
    return Toolkit(
        found["StackStatus"],
        {item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
        {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
    )


def qualifier_of(parameter: str) -> str:
    return parameter.removeprefix("/cdk-bootstrap/").removesuffix("/version")


def by_hand(account_id: str, region: str, trusted: str | None, toolkit: Toolkit | None, parameter: str) -> str:
    """The command that makes it, and takes nothing away: the CLI replaces what it is given, and forgets a boundary."""
    command = f"npx cdk bootstrap aws://{account_id}/{region}"
    has = toolkit.trusted if toolkit else []
    if trusted is not None and trusted not in has:
        command += "".join(f" --trust {item}" for item in [*has, trusted])
        if not (toolkit and toolkit.parameters.get("CloudFormationExecutionPolicies")):
            command += f" --cloudformation-execution-policies arn:{partition(region)}:{_EVERYTHING}"
    if toolkit and toolkit.boundary:
        command += f" --custom-permissions-boundary {toolkit.boundary}"
    if toolkit and toolkit.variant:
        command += " --template <yours>"
    qualifier = qualifier_of(parameter)
    return command if qualifier == _USUAL_QUALIFIER else f"{command} --qualifier {qualifier}"


def way_out(*, somebody: bool) -> str:
    """Where names of a bootstrap are taken; `somebody`: by another account."""
    if somebody:
        return "give `@aws-cdk/core:bootstrapQualifier` in the context of the app another value, and bootstrap with `--qualifier`"
    return "delete what an earlier bootstrap left, a bucket once it is empty, and bootstrap again"
