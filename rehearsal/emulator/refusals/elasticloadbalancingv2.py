"""Names, subnets, listeners and rules of load balancers."""

from __future__ import annotations

from collections.abc import Iterator

from moto.elbv2.models import elbv2_backends

from emulator.engine import quotas
from emulator.engine.policies import as_list
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.ec2 import region_of, subnet_of


@refuses("AWS::ElasticLoadBalancingV2::LoadBalancer")
def balancer(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    subnets = [subnet_of(asked, item) for item in as_list(properties.get("Subnets"))]
    name, limit = str(properties.get("Name", "b")), quotas.BALANCER_NAME_CHARACTERS
    if len(name) > limit:
        yield f"The load balancer name '{name}' cannot be longer than '{limit}' characters"
    if name.startswith("internal-"):
        yield f"The load balancer name '{name}' cannot begin with 'internal-'"
    if not subnets or None in subnets:
        return
    gateways = region_of(asked).internet_gateways.values()
    # one of gateways has no scheme
    is_public = properties.get("Scheme", "internet-facing") == "internet-facing" and properties.get("Type") != "gateway"
    if is_public and not any(gateway.vpc and gateway.vpc.id == subnets[0].vpc_id for gateway in gateways):
        yield f"VPC {subnets[0].vpc_id} has no internet gateway"
    zones = {subnet.availability_zone for subnet in subnets}
    if properties.get("Type", "application") == "application" and len(zones) < 2:
        yield "At least two subnets in two different Availability Zones must be specified"


@refuses("AWS::ElasticLoadBalancingV2::TargetGroup")
def health_check(asked: Asked) -> Iterator[str]:
    path = asked.properties.get("HealthCheckPath")
    if path and not str(path).startswith("/"):
        yield f"Health check path '{path}' must begin with a '/' character"


@refuses("AWS::ElasticLoadBalancingV2::Listener")
def listener(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    if properties.get("Protocol") in ("HTTPS", "TLS") and not properties.get("Certificates"):
        yield f"A certificate must be specified for {properties['Protocol']} listeners"
    port, arn = properties.get("Port"), properties.get("LoadBalancerArn")
    balancers = elbv2_backends[asked.place.account_id][asked.place.region].load_balancers
    taken = [item.port for item in balancers[arn].listeners.values()] if arn in balancers else []
    if str(port) != str((asked.before or {}).get("Port")) and str(port) in map(str, taken):
        yield "A listener already exists on this port for this load balancer"


@refuses("AWS::ElasticLoadBalancingV2::ListenerRule")
def rule(asked: Asked) -> Iterator[str]:
    values, limit = 0, quotas.RULE_CONDITION_VALUES
    for condition in asked.properties.get("Conditions", []):
        nested = [part.get("Values") for key, part in condition.items() if key.endswith("Config")]
        values += sum(len(as_list(item)) for item in [condition.get("Values"), *nested] if item)
    if values > limit:
        yield f"A rule can only have '{limit}' condition values"
    if not 1 <= int(asked.properties.get("Priority", 1)) <= 50_000:
        yield "Priority must be between 1 and 50000"
