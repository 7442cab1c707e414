"""Who else takes care of the organization, and what of that the app does a second time."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, Stage
from check.aws import Aws
from check.checks.accounts import account_of
from check.checks.organization import managed
from check.checks.regions import is_on
from check.stacks import deployed, made
from check.checks.units import name_of, named
from check.rows import Answer, Group, Question, bad, good, unknown
from rehearsal.app import StackArtifact

_SERVICE = "controltower.amazonaws.com"
# https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html
_ITS_TRAIL = "aws-controltower-BaselineCloudTrail"
# how the names of their stacks in the management account begin
_OTHERS = {
    # https://docs.aws.amazon.com/solutions/latest/landing-zone-accelerator-on-aws/architecture-diagram.html
    "AWSAccelerator-": "Landing Zone Accelerator on AWS",
    # https://github.com/awslabs/aws-deployment-framework
    "adf-global-base-": "AWS Deployment Framework",
    "serverlessrepo-aws-deployment-framework": "AWS Deployment Framework",
    # https://github.com/org-formation/org-formation-cli
    "organization-formation-": "org-formation",
}
_TRAIL, _RECORDER = "AWS::CloudTrail::Trail", "AWS::Config::ConfigurationRecorder"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if org.has_management_account:
        yield Question(Group.FIRST_COMMAND, "landing zone", lambda: _landing_zone(org, aws))
        if any(_trails(org)):
            yield Question(Group.ACCOUNTS, "trail of the organization", lambda: _trail(org, aws))
    asked: set[tuple[str, str]] = set()
    for stage in org.stages:
        for region in sorted({region for region, _, _ in _recorders(org, stage)}):
            # stages may share an account
            if (key := (stage.account_id or stage.name, region)) not in asked:
                asked.add(key)
                subject = f"{stage.name}/{region}: AWS Config"
                yield Question(Group.SERVICES, subject, lambda stage=stage, region=region: _recorder(org, stage, region, aws))


def _landing_zone(org: Org, aws: Aws) -> Answer:
    if managed(aws) is None:
        return good("none: there is no organization yet")
    services = aws.ask("organizations:ListAWSServiceAccessForOrganization")["EnabledServicePrincipals"]
    # a region that is off has none, and answers nothing
    on = is_on(aws.region, aws.account_id, aws)
    there = set(deployed(aws.region, aws)) - {stack.name for stack in org.stacks} if on else set()
    # it may run on top of AWS Control Tower
    for start, name in _OTHERS.items():
        if theirs := sorted(stack for stack in there if stack.startswith(start)):
            return unknown(
                f"{name} takes care of this organization: stack {theirs[0]} is in {aws.region}. It has units, accounts and "
                "policies of its own, and beside it the app has not been tried",
                "give the app units of its own, and leave its accounts and policies out of the other one's configuration",
            )
    if any(service["ServicePrincipal"] == _SERVICE for service in services):
        return good(f"AWS Control Tower takes care of this organization, which the app leaves as it is; {_units(org, aws)}")
    return good(f"no other one takes care of this organization, by its services{f' and the stacks in {aws.region}' if on else ''}")


def _units(org: Org, aws: Aws) -> str:
    # https://docs.aws.amazon.com/controltower/latest/userguide/account-auto-enrollment.html
    used = sorted(filter(None, (name_of(unit_id, aws) for unit_id in named(org))))
    if not used:
        return "the app's accounts are in no unit that exists, so it enrolls none of them"
    return f"of the accounts in {' and '.join(used)}, it enrolls those of the app only if its settings have automatic enrollment"


def _trails(org: Org) -> Iterator[tuple[StackArtifact, str]]:
    """Those of the organization."""
    for stack, logical_id, properties in org.resources(_TRAIL):
        if properties.get("IsOrganizationTrail") in (True, "true"):
            yield stack, logical_id


def _trail(org: Org, aws: Aws) -> Answer:
    if managed(aws) is None:
        return good("there is no organization yet that another trail could record")
    others = []
    for stack, logical_id in _trails(org):
        trails = aws.ask("cloudtrail:DescribeTrails", region=stack.region or "", includeShadowTrails=True)["trailList"]
        others += [
            trail["Name"]
            for trail in trails
            if (trail.get("IsOrganizationTrail") or trail["Name"] == _ITS_TRAIL) and trail["Name"] != made(stack, logical_id, aws)
        ]
    if not others:
        return good("no other trail records the organization")
    by = " (by AWS Control Tower)" if _ITS_TRAIL in others else ""
    return bad(
        f"{' and '.join(sorted(set(others)))}{by} records the accounts already, and the app records them a second time, which AWS bills",
        "leave the audit trail out, or turn the other one off"
        + (" in the settings of the landing zone" if by else " in the console of CloudTrail"),
    )


def _recorders(org: Org, stage: Stage) -> Iterator[tuple[str, StackArtifact, str]]:
    """Region, stack and logical ID."""
    own = {stack.path for stack in org.stacks_of(stage)}
    for stack, logical_id, _ in org.resources(_RECORDER):
        if stack.path in own:
            yield stack.region or stage.region, stack, logical_id


def _recorder(org: Org, stage: Stage, region: str, aws: Aws) -> Answer:
    """https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html: one for each region."""
    account_id = "" if stage == org.root else account_of(stage, aws)
    if account_id is None:
        return good("a new account has no recorder")
    if not is_on(region, account_id or aws.account_id, aws):
        return unknown(f"{region} is off, so nothing can be asked there", "enable the region first")
    found = aws.ask("config:DescribeConfigurationRecorders", account_id, region)["ConfigurationRecorders"]
    ours = {made(stack, logical_id, aws, account_id) for place, stack, logical_id in _recorders(org, stage) if place == region}
    others = [recorder["name"] for recorder in found if recorder["name"] not in ours]
    if not others:
        return good("no other recorder is there")
    return bad(
        f"recorder {others[0]} is there already, and AWS takes one for each region",
        "leave the app's recorder out, or delete the other one by `aws configservice delete-configuration-recorder`",
    )
