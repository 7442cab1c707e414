"""What left the code, or was left by a failure, is found again by the same commands; and what they change by themselves."""

from __future__ import annotations

import json
import re

import canonical
import pytest
from conftest import HERE, Driver

from emulator.engine.faults import calls_of
from emulator.engine.stacks import cloudformation_backends
from emulator.services.organizations.backend import backend_of
from rehearsal import world
from tests.test_known_faults import EXISTING, PROD, REGION, ROOT, Acme, acme  # noqa: F401 (a fixture)

COMMANDS = "acme/root/organization", "acme/bootstrap/*", "**"
STAGES = {"audit": "222222222222", "prod": "333333333333", "dev": "444444444444"}
NEW, BY_ROLE = "555555555555", {"bootstrapRoleName": "OrganizationAccountAccessRole"}


def deployed(driver: Driver, *commands: str, anew: bool = True) -> canonical.State:
    for command in commands or COMMANDS:
        done = driver.deploy(command, anew=anew)
        assert done.code == 0, driver.text(done)
        anew = False
    return canonical.snapshot()


def write(acme: Acme, adopted: bool, whole: bool = True, site: bool = True, **replaced: str) -> Acme:  # noqa: F811
    """Not `whole`: without a stage and its units, a unit of another, the trail, a site, and a region."""
    ids = {**(STAGES if adopted else {}), **replaced}
    units = {"prod": "workloads", "dev": "sandbox/people"} if whole else {}

    def stage(name: str) -> str:
        given = {"accountId": ids[name], **BY_ROLE} if name in ids else {}
        given |= {"organizationalUnit": units[name]} if name in units else {}
        profile = "AUDIT" if name == "audit" else "DEVELOPMENT"
        return f"const {name} = acme.addStage('{name}', {{ profile: StageProfile.{profile}, ...{json.dumps(given)} }});"

    code = [
        stage("audit"),
        stage("prod"),
        "acme.addGroup('operators', { canAssume: [prod.admin] });",
        "const domain = acme.addDomain('acme.example', { stages: [prod] });",
    ]
    if whole:
        code += [stage("dev"), "new aws_sqs.Queue(new Stack(dev, 'jobs'), 'queue');", "acme.addAuditTrail({ storedIn: audit });"]
    if whole and site:
        code += ["new StaticSite(new Stack(prod, 'site'), 'site', { zone: domain.zoneOf(prod) });"]
    regions = {"bootstrapRegions": ["us-west-2"]} if whole else {}
    return acme.write("\n".join(code), EXISTING if adopted else "OrganizationSource.create()", **regions)


@pytest.mark.parametrize("adopted", [False, True], ids=["created", "adopted"])
def test_what_leaves_the_code_is_left_alone_and_comes_back_and_another_account_of_a_stage_is_followed(acme, adopted):  # noqa: F811
    driver = write(acme, adopted).drive(acme.folder).bootstrapped()
    before = deployed(driver)
    write(acme, adopted, whole=False)
    left = canonical.changes(before, deployed(driver))
    # only the certificate of the site read it, when it was made
    gone = {
        "acme-prod-dns/0/body/Resources/prodacmeexampleZoneforotherregions",
        "acme-prod-dns/0/resources/prodacmeexampleZoneforotherregions",
        "_parameters//hosted-zone/acme-prod-dns",
        "Parameter /hosted-zone/acme-prod-dns",
    }
    # an account that we have created is where the code says; one that exists stays
    moved = set() if adopted else {"Stack acme-root-account-prod", "FakeAccount prod/0/parent_id"}
    assert canonical.unexplained(left, gone | moved) == []
    write(acme, adopted)
    assert canonical.changes(before, deployed(driver)) == []

    old = next(account.id for account in backend_of(ROOT).accounts if account.name in ("prod", STAGES["prod"]))
    backend_of(ROOT).invite(NEW)
    driver.play.cached.give_administration(ROOT, [(NEW, BY_ROLE["bootstrapRoleName"])])
    write(acme, adopted, site=False, prod=NEW)
    after = deployed(driver)
    assert canonical.changes({old: before[old]}, {old: after[old]}) == []
    # the organization, and the stack that has made it
    its_own = re.compile("/organizations aws|/Stack acme-root-account-prod/|/ssm .*/Parameter /acme/account/prod-99ce0640/")
    others = {account: state for account, state in after.items() if account != old}
    assert [place for place in named(others, old) if not its_own.search(place)] == []
    assert any("Role acme-prod-dns-delegation" in place for place in named(others, NEW))
    assert any("Group acme-operators" in place for place in named(others, NEW))
    assert calls_of("CloseAccount") == []


def named(value: object, text: str, path: str = "") -> list[str]:
    """Places with this text."""
    if isinstance(value, str):
        return [path] if text in value else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inside for place in [*named(str(key), text, path), *named(item, text, f"{path}/{key}")]]


def test_an_account_whose_stack_failed_is_moved_to_its_unit_and_to_the_next_one(acme):  # noqa: F811
    driver = acme.write(PROD).drive(acme.folder).bootstrapped()
    with driver.faults.having("slow-account", "aws+prod@acme.example"):
        assert driver.deploy("acme/root/organization").code != 0
    for stages, unit in ((PROD, "workloads"), (PROD.replace("workloads", "sandbox"), "sandbox")):
        acme.write(stages)
        deployed(driver, "acme/root/organization")
        backend = backend_of(ROOT)
        account = next(account for account in backend.accounts if account.email == "aws+prod@acme.example")
        assert [found.name for found in backend.ou if found.id == account.parent_id] == [unit]
    assert len(calls_of("CreateAccount")) == 1


def test_a_stage_goes_to_another_region_once_its_stacks_have_left_the_first(acme: Acme) -> None:  # noqa: F811
    here = "acme.addStage('dev', { profile: StageProfile.DEVELOPMENT });"
    there = here.replace("{ ", "{ region: 'eu-central-1', ")
    driver = acme.write(here).drive(acme.folder).bootstrapped()
    for command in (*COMMANDS[:2], "acme/dev/*"):
        deployed(driver, command)
    acme.write(there)
    deployed(driver, "acme/bootstrap/*")
    refused = driver.deploy("acme/dev/*", anew=True)
    assert "acme-dev-admin already exists" in driver.text(refused)

    # as README says
    acme.write(here)
    driver.play.synthesis.prepare(ROOT, REGION, anew=True)
    assert driver.cdk("destroy", "acme/dev/*", "--force").code == 0
    acme.write(there)
    deployed(driver, "acme/dev/*")
    dev = next(account.id for account in backend_of(ROOT).accounts if account.name == "dev")
    first, second = (cloudformation_backends[dev][region].living() for region in (REGION, "eu-central-1"))
    assert [stack.name for stack in first] == ["CDKToolkit"]
    assert [stack.name for stack in second] == ["CDKToolkit", "acme-dev-access"]


def test_the_run_that_learns_ids_writes_them_into_the_stacks_of_accounts_and_the_next_changes_nothing(drive):
    driver = drive(HERE / "apps" / "organization").bootstrapped()
    before, versions = deployed(driver, COMMANDS[0], anew=False), world.versions()
    lines = canonical.changes(before, deployed(driver, COMMANDS[0], anew=False))
    stages = "audit", "prod", "staging", "dev", "testing"
    assert sorted(updated(versions)) == sorted(f"acme-root-account-{stage}" for stage in stages)
    assert {re.sub(f"({'|'.join(stages)})(-[0-9a-f]{{8}})?", "*", line) for line in lines} == {
        f"{ROOT}: {line}"
        for line in (
            "cloudformation eu-west-1/Stack acme-root-account-*/0/body/Resources/Id/Properties/AllowedPattern: added",
            "cloudformation eu-west-1/Stack acme-root-account-*/0/resources/Id/properties/AllowedPattern: added",
            "cloudformation eu-west-1/Stack acme-root-account-*/0/resources/Id/resource/properties/AllowedPattern: added",
            "cloudformation eu-west-1/Stack acme-root-account-*/0/termination_protection: False became True",
            "cloudformation eu-west-1/Stack acme-root-structure/0/termination_protection: False became True",
            "cloudformation eu-west-1/Stack acme-root-unit-security/0/termination_protection: False became True",
            "cloudformation eu-west-1/Stack acme-root-unit-workloads/0/termination_protection: False became True",
            # versions of a parameter
            "ssm eu-west-1//_parameters//acme/account/*: 1 items became 2 items",
            "ssm eu-west-1/Parameter /acme/account/*: 1 items became 2 items",
        )
    }
    before, versions = deployed(driver, anew=False), world.versions()
    assert canonical.changes(before, deployed(driver, anew=False)) == []
    assert updated(versions) == []


def updated(versions: dict[str, tuple[str, int, str]]) -> list[str]:
    return [stack.split("/")[1] for stack, version in world.versions().items() if versions.get(stack) != version]
