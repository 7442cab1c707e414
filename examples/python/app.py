from aws_cdk import App
from cdk_multi_account_org import (
    BreakGlass,
    Guardrail,
    Guardrails,
    MultiAccountOrg,
    People,
    PeopleSource,
    StageAddresses,
    StageProfile,
)

from acme.budgets import Budgets
from acme.services import (
    add_automation,
    add_backing_services,
    add_certificate,
    add_jobs,
    add_kubernetes,
    add_network,
    add_reports,
    add_secrets,
    add_state,
)

app = App()
acme = MultiAccountOrg(
    app,
    "acme",
    management_account_id="111111111111",
    email="aws@acme.example",
    home_region="eu-west-1",
    root_addresses=StageAddresses.index(100),
)
Budgets(acme, "Budgets", 1000)
audit = acme.add_stage("audit", profile=StageProfile.AUDIT, organizational_unit="security")
prod = acme.add_stage(
    "prod",
    profile=StageProfile.PRODUCTION,
    organizational_unit="workloads",
    addresses=StageAddresses.index(103),
)
staging = acme.add_stage(
    "staging",
    profile=StageProfile.STAGING,
    organizational_unit="workloads",
    addresses=StageAddresses.index(102),
)
dev = acme.add_stage(
    "dev",
    profile=StageProfile.DEVELOPMENT,
    organizational_unit="workloads",
    addresses=StageAddresses.index(101),
)
testing = acme.add_stage(
    "testing",
    profile=StageProfile.TESTING,
    organizational_unit="workloads",
    addresses=StageAddresses.index(104),
)

acme.add_audit_trail(stored_in=audit, readers=[audit.read_only])

Guardrails(acme, "guardrails", guardrails=[Guardrail.allowed_regions(["eu-west-1", "us-east-1"])])

# people of IAM Identity Center have another source, and the same groups
People(acme, "people", source=PeopleSource.iam_users())
BreakGlass(acme, "break-glass")
engineers = acme.add_group("engineers", can_assume=[dev.admin, testing.admin, staging.read_only])
acme.add_group("operators", can_assume=[prod.admin, staging.admin])
acme.add_group("auditors", can_assume=[audit.read_only])
acme.add_user("ada", groups=[engineers])

# which stage has what is as in the architecture that this one stands for
domain = acme.add_domain("acme.example", stages=[audit, prod, staging, dev, testing])
for stage in (audit, prod, staging, dev, testing):
    add_certificate(stage, domain)
    add_secrets(stage)

root_network, *networks = [add_network(stage) for stage in (acme.root, prod, staging, dev, testing)]
for stage, network in zip((prod, staging, dev, testing), networks):
    add_backing_services(stage, network)
    add_kubernetes(stage, network)
    add_jobs(stage)

add_automation(acme.root, root_network)
add_automation(testing, networks[-1])
add_state(testing)
add_reports(prod)

app.synth()
