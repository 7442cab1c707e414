"""Each function is a stack of a stage; how large and how safe it is, the stage says."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType
from cdk_multi_account_org import (
    AuroraPostgres,
    Certificate,
    ContainerCluster,
    DynamoTable,
    IDomain,
    KubernetesCluster,
    Network,
    Redis,
    SecretStore,
    StageAccount,
    StageProfile,
    StageSize,
)

from acme.job_queue import JobQueue

# a profile of our own: what can be made again from other data is not worth keeping, in any stage
DERIVED = StageProfile.PRODUCTION.customized(
    "derived",
    removal_policy=RemovalPolicy.DESTROY,
    deletion_protection=False,
    backup_retention=Duration.days(0),
    size=StageSize.SMALL,
)


def add_certificate(stage: StageAccount, domain: IDomain) -> None:
    """A certificate for everything below ``<stage>.acme.example``."""
    Certificate(Stack(stage, "certificate"), "wildcard", zone=domain.zone_of(stage))


def add_secrets(stage: StageAccount) -> None:
    """Where the secrets of applications are."""
    SecretStore(Stack(stage, "secrets"), "chamber", path="/chamber")


def add_network(stage: StageAccount) -> Network:
    """The addresses of the stage, which no other stage has."""
    return Network(
        Stack(stage, "network"),
        "network",
        addresses=stage.addresses,
        # a small stage has no way out by itself, and containers pull their images
        nat_gateways=1 if stage.profile.size == StageSize.SMALL else None,
    )


def add_backing_services(stage: StageAccount, network: Network) -> None:
    """What keeps the data of applications."""
    stack = Stack(stage, "backing-services")
    AuroraPostgres(stack, "postgres", vpc=network.vpc)
    Redis(stack, "redis", vpc=network.vpc)


def add_kubernetes(stage: StageAccount, network: Network) -> None:
    """Where applications run."""
    cluster = KubernetesCluster(Stack(stage, "kubernetes"), "cluster", vpc=network.vpc)
    cluster.grant_admin(stage.admin)
    cluster.grant_view(stage.read_only)


def add_automation(stage: StageAccount, network: Network) -> None:
    """Where the automation of the infrastructure itself runs."""
    ContainerCluster(Stack(stage, "automation"), "containers", vpc=network.vpc)


def add_state(stage: StageAccount) -> None:
    """What the infrastructure remembers of itself."""
    DynamoTable(Stack(stage, "state"), "locks", partition_key=Attribute(name="LockID", type=AttributeType.STRING))


def add_jobs(stage: StageAccount) -> None:
    """What workers have to do."""
    JobQueue(Stack(stage, "jobs"), "jobs")


def add_reports(stage: StageAccount) -> None:
    """What was counted, and can be counted again."""
    stack = Stack(stage, "reports")
    DERIVED.apply_to(stack)
    DynamoTable(stack, "reports", partition_key=Attribute(name="Day", type=AttributeType.STRING))
