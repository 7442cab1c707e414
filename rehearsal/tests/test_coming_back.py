"""What left the code, or was left by a failure, is found again by the same command."""

from __future__ import annotations

from moto.organizations.models import FakeRoot

from emulator.engine.faults import calls_of
from emulator.engine.stacks import cloudformation_backends
from emulator.services.organizations.backend import backend_of
from tests.test_known_faults import PROD, REGION, ROOT, Acme, acme  # noqa: F401 (a fixture)

DEV = "acme.addStage('dev', { organizationalUnit: 'sandbox/people' });"


def _parent_of(email: str) -> str:
    backend = backend_of(ROOT)
    account = next(account for account in backend.accounts if account.email == email)
    return next(unit.name for unit in backend.ou if unit.id == account.parent_id)


def _units() -> list[str]:
    return sorted(unit.id for unit in backend_of(ROOT).ou if not isinstance(unit, FakeRoot))


def test_a_stage_and_its_units_leave_the_code_and_come_back(acme: Acme) -> None:  # noqa: F811
    driver = acme.write(PROD + DEV).start()
    assert driver.organization().code == 0
    before = _units(), [account.id for account in backend_of(ROOT).accounts]
    for stages in (PROD, PROD + DEV):
        acme.write(stages)
        again = driver.organization()
        assert again.code == 0, driver.text(again)
        assert (_units(), [account.id for account in backend_of(ROOT).accounts]) == before
    assert len(calls_of("CreateAccount", "SUCCEEDED")) == 2
    assert _parent_of("aws+dev@acme.example") == "people"


def test_an_account_whose_stack_failed_is_moved_to_its_unit_and_to_the_next_one(acme: Acme) -> None:  # noqa: F811
    driver = acme.write(PROD).start()
    with driver.faults.having("slow-account", "aws+prod@acme.example"):
        assert driver.organization().code != 0
    for stages, unit in ((PROD, "workloads"), (PROD.replace("workloads", "sandbox"), "sandbox")):
        acme.write(stages)
        again = driver.organization()
        assert again.code == 0, driver.text(again)
        assert _parent_of("aws+prod@acme.example") == unit
    assert len(calls_of("CreateAccount")) == 1


def test_a_stage_goes_to_another_region_once_its_stacks_have_left_the_first(acme: Acme) -> None:  # noqa: F811
    here = "acme.addStage('dev', { profile: StageProfile.DEVELOPMENT });"
    there = here.replace("{ ", "{ region: 'eu-central-1', ")
    driver = acme.write(here).start()
    assert driver.organization().code == 0
    driver.bootstraps()
    assert driver.cdk("deploy", "acme/dev/*").code == 0
    acme.write(there)
    driver.bootstraps()
    refused = driver.cdk("deploy", "acme/dev/*")
    assert refused.code != 0
    assert "acme-dev-admin already exists" in driver.text(refused)

    # as README says
    acme.write(here)
    assert driver.cdk("destroy", "acme/dev/*", "--force").code == 0
    acme.write(there)
    moved = driver.cdk("deploy", "acme/dev/*")
    assert moved.code == 0, driver.text(moved)
    dev = next(account.id for account in backend_of(ROOT).accounts if account.name == "dev")
    first, second = (cloudformation_backends[dev][region].living() for region in (REGION, "eu-central-1"))
    assert [stack.name for stack in first] == ["CDKToolkit"]
    assert [stack.name for stack in second] == ["CDKToolkit", "acme-dev-access"]
