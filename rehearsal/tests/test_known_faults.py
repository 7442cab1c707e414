"""What the library has to survive on AWS."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from moto.s3.models import s3_backends

from emulator.engine import limits, shapes
from emulator.engine.aws import client
from emulator.engine.faults import calls_of
from emulator.engine.reads import NAMED
from emulator.engine.stacks import cloudformation_backends
from emulator.services.organizations.backend import backend_of
from rehearsal import world

ROOT, REGION = "111111111111", "eu-west-1"
REPOSITORY = Path(__file__).parents[2]


class Acme:
    """An organization whose code changes between commands."""

    def __init__(self, folder: Path, drive) -> None:
        self.folder = folder
        (folder / "cdk.json").write_text('{ "app": "node app.js" }', "utf-8")
        self.drive = drive

    def write(self, stages: str, organization: str = "OrganizationSource.create()", **props: Any) -> Acme:
        given = {"managementAccountId": ROOT, "email": "aws@acme.example", "homeRegion": REGION, **props}
        (self.folder / "app.js").write_text(
            f"""const {{ App, RemovalPolicy, Stack, aws_iam, aws_kms, aws_s3, aws_sqs }} = require({json.dumps(str(REPOSITORY / "node_modules/aws-cdk-lib"))});
            const {{
              AccountRemoval, BreakGlass, CentralRootAccess, Guardrail, Guardrails, IdentityCenter, MultiAccountOrg, OrganizationSource,
              People, PeopleSource, StageAccess, StageProfile, StageRoles, StaticSite,
            }} = require({json.dumps(str(REPOSITORY))});
            const acme = new MultiAccountOrg(new App(), 'acme', {{ organization: {organization}, ...{json.dumps(given)} }});
            {stages}""",
            "utf-8",
        )
        return self

    def start(self):
        return self.drive(self.folder, every_command_synthesizes=True).bootstrapped()


@pytest.fixture
def acme(tmp_path, drive) -> Acme:
    return Acme(tmp_path, drive)


EXISTING = "OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' })"
PROD = "acme.addStage('prod', { organizationalUnit: 'workloads' });"
AUDITED = "const audit = acme.addStage('audit', { profile: StageProfile.AUDIT }); acme.addAuditTrail({ storedIn: audit });"


def test_a_bootstrap_that_fails_is_of_one_account_and_comes_by_the_same_command(acme):
    driver = acme.write(PROD + "acme.addStage('dev');").start()
    assert driver.organization().code == 0
    prod, dev = (account.id for name in ("prod", "dev") for account in backend_of(ROOT).accounts if account.name == name)
    assert driver.cdk("deploy", "acme/bootstrap/prod").code == 0
    before = world.versions()
    with driver.faults.having("failing", "AWS::ECR::Repository", only="CDKToolkit"):
        failed = driver.cdk("deploy", "acme/bootstrap/*")
    assert failed.code != 0
    assert "acme/bootstrap/dev" in driver.text(failed)
    assert before.items() <= world.versions().items()
    assert list(s3_backends[dev]["aws"].buckets) == []
    again = driver.cdk("deploy", "acme/bootstrap/*")
    assert again.code == 0, driver.text(again)
    assert [stack.status for account in (prod, dev) for stack in cloudformation_backends[account][REGION].living()] == [
        "CREATE_COMPLETE"
    ] * 2


def test_what_names_an_account_follows_it_to_a_new_one(acme):
    driver = acme.write(AUDITED).start()
    assert driver.organization().code == 0
    assert driver.cdk("destroy", "acme/root/account-audit", "--exclusively", "--force").code == 0
    acme.write(AUDITED.replace("AUDIT }", "AUDIT, email: 'aws+other@acme.example' }"))
    replaced = driver.organization()
    assert replaced.code == 0, driver.text(replaced)
    new = backend_of(ROOT).accounts[-1]
    assert new.email == "aws+other@acme.example"
    attached = [target.id for policy in backend_of(ROOT).policies if not policy.aws_managed for target in policy.attachments]
    assert new.id in attached


def test_a_creation_that_fails_closes_no_account(acme):
    driver = acme.write(PROD.replace("{ ", "{ accountRemoval: AccountRemoval.CLOSE_ACCOUNT, ")).start()
    with driver.faults.having("failing", "AWS::SSM::Parameter", only="account-prod"):
        assert driver.organization().code != 0
    assert calls_of("CreateAccount", "SUCCEEDED") != []
    assert calls_of("CloseAccount") == []


def test_a_region_that_is_off_in_new_accounts_is_refused_until_it_is_said_to_be_enabled(acme):
    driver = acme.write(PROD).start()
    abroad = PROD.replace("{ ", "{ region: 'eu-central-2', ")
    acme.write(abroad)
    refused = driver.organization()
    assert refused.code != 0
    assert "region of stage 'prod' 'eu-central-2' is an opt-in region" in driver.text(refused)
    assert calls_of("CreateAccount") == []
    acme.write(abroad, regionsAreEnabled=True)
    # the region can be enabled only in an account that is there
    assert driver.cdk("deploy", "acme/root/account-*").code == 0
    assert calls_of("CreateAccount", "SUCCEEDED") != []


DESTROYED = "acme/audit-trail/*"


def audited(driver):
    """An organization with its trail; its stacks by their names in it."""
    assert driver.organization().code == 0
    assert driver.everything().code == 0
    audit = next(account.id for account in backend_of(ROOT).accounts if account.name == "audit")
    accounts = {"bucket": audit, "trail": ROOT, "protection-audit": ROOT}
    return {
        path: cloudformation_backends[account][REGION].get(f"acme-audit-trail-{path}") for path, account in accounts.items()
    }


def destroyed(driver, stacks) -> None:
    """By somebody who means it: the trail goes on recording."""
    api = client("cloudformation", ROOT, REGION)
    api.update_termination_protection(StackName="acme-audit-trail-stop-destroy", EnableTerminationProtection=False)
    assert driver.cdk("destroy", DESTROYED, "--force").code == 0
    assert client("cloudtrail", ROOT, REGION).get_trail_status(Name="acme-trail")["IsLogging"] is True
    assert {stack.status for stack in stacks.values()} == {"DELETE_COMPLETE"}


def test_a_trail_is_not_destroyed_unless_it_is_meant_and_then_not_made_a_second_time(acme):
    driver = acme.write(AUDITED).start()
    stacks = audited(driver)
    refused = driver.cdk("destroy", DESTROYED, "--force")
    assert refused.code != 0
    assert "Stack [acme-audit-trail-stop-destroy] cannot be deleted while TerminationProtection is enabled" in driver.text(refused)
    assert all(stack.status == "CREATE_COMPLETE" for stack in stacks.values())
    destroyed(driver, stacks)
    again = driver.everything()
    assert again.code != 0
    bucket = stacks["bucket"]
    assert cloudformation_backends[bucket.account_id][REGION].find(bucket.name).status == "ROLLBACK_COMPLETE"


def test_a_trail_that_was_destroyed_comes_back(acme, tmp_path):
    driver = acme.write(AUDITED).start()
    stacks = audited(driver)
    identifiers = {path: _identifiers(stack) for path, stack in stacks.items()}
    destroyed(driver, stacks)
    for path in stacks:
        mapping = tmp_path / f"{path}.json"
        mapping.write_text(json.dumps(identifiers[path]), "utf-8")
        imported = driver.cdk("import", f"acme/audit-trail/{path}", "--resource-mapping", str(mapping))
        assert imported.code == 0, driver.text(imported)
    again = driver.everything()
    assert again.code == 0, driver.text(again)
    back = {path: cloudformation_backends[stack.account_id][REGION].get(stack.name) for path, stack in stacks.items()}
    assert {path: _identifiers(stack) for path, stack in back.items()} == identifiers
    assert driver.cdk("destroy", DESTROYED, "--force").code != 0


def _identifiers(stack) -> dict[str, dict[str, str]]:
    """The mapping of `cdk import`, without what cannot be imported and holds nothing."""
    kinds = {"AWS::Organizations::Policy": "Id", **{kind: shapes.of(kind)["id"][0] for kind in NAMED}}
    return {
        name: {kinds[item.resource.place.type]: item.resource.physical_id}
        for name, item in stack.resources.items()
        if item.resource.place.type in kinds
    }


def test_an_account_that_context_makes_up_gets_nothing(acme):
    driver = acme.write(PROD + AUDITED).start()
    assert driver.organization().code == 0
    assert driver.cdk("synth", "--quiet").code == 0
    api = client("organizations", ROOT, REGION)
    stranger = api.create_account(Email="sandbox@acme.example", AccountName="sandbox")["CreateAccountStatus"]["AccountId"]
    ids = {account.name: account.id for account in backend_of(ROOT).accounts}
    driver.bootstraps()
    place = api.list_parents(ChildId=stranger)["Parents"]
    file = driver.play.sandbox.cwd / "cdk.context.json"
    true = file.read_text("utf-8")

    file.write_text(true.replace(ids["prod"], "999999999999"), "utf-8")
    refused = driver.organization()
    assert refused.code != 0
    assert "cannot be validated against allowedPattern: ^999999999999$" in driver.text(refused)

    # in both answers about each account, or synthesis fails
    swapped = true.replace(ids["prod"], "X").replace(ids["audit"], ids["prod"]).replace("X", ids["audit"])
    file.write_text(swapped, "utf-8")
    refused = driver.cdk("deploy", "acme/audit-trail/*", "--concurrency", "10")
    assert refused.code != 0
    assert f"cannot be validated against allowedPattern: ^{ids['prod']}$" in driver.text(refused)

    # as if the stack of prod had failed, and its account were to be taken over
    context = {
        key: "no-stack" if "account/prod-" in key else value
        for key, value in json.loads(true.replace(ids["prod"], stranger)).items()
    }
    file.write_text(json.dumps(context), "utf-8")
    refused = driver.organization()
    assert refused.code != 0
    assert r"cannot be validated against allowedPattern: ^aws\+prod@acme\.example$" in driver.text(refused)
    assert api.list_parents(ChildId=stranger)["Parents"] == place
    there = [cloudformation_backends[account][REGION].living() for account in (ids["prod"], ids["audit"], stranger)]
    assert [[stack.name for stack in stacks] for stacks in there] == [["CDKToolkit"], ["CDKToolkit"], []]
    assert client("cloudtrail", ROOT, REGION).describe_trails()["trailList"] == []


@pytest.mark.parametrize(
    ("stages", "organization", "synthesized"),
    # a template may have 200 parameters
    [(70, "OrganizationSource.create()", "acme.node.root"), (260, EXISTING, "acme.root")],
    ids=["all-of-seventy", "root-of-many"],
)
def test_the_templates_of_many_stages_are_within_the_limits(acme, stages, organization, synthesized):
    code = f"""
      const audit = acme.addStage('audit', {{ profile: StageProfile.AUDIT }});
      acme.addAuditTrail({{ storedIn: audit }});
      for (let index = 1; index < {stages}; index++) acme.addStage(`s${{index}}`, {{ access: StageAccess.READ_ONLY }});
      acme.addDomain('acme.example', {{ stages: acme.stages }});
      acme.addUser('ada', {{ groups: [acme.addGroup('auditors', {{ canAssume: [StageRoles.ofAll('read-only')] }})] }});
      {synthesized}.synth();"""
    acme.write(code, organization)
    out = acme.folder / "out"
    subprocess.run(["node", "app.js"], cwd=acme.folder, env={**os.environ, "CDK_OUTDIR": str(out)}, check=True)
    templates = list(out.rglob("*.template.json"))
    assert len(templates) > 2 * stages
    for template in templates:
        body = template.read_text("utf-8")
        limits.check_template(json.loads(body), body)
        limits.check_by_url(body)
