"""What Elastic Load Balancing refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import (
    FORWARD,
    INTERNET,
    NET,
    REGION,
    TARGETS,
    Case,
    Template,
    certificate,
    group,
    issued,
    made,
    network,
    template,
)


def balancer(*zones: str) -> Template:
    subnets = [{"Ref": f"S{number}"} for number in range(len(zones))]
    return network(*zones, L=made("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=subnets, Scheme="internal"))


def target_group(wrong: Template, right: Template | None = None) -> Case:
    return Case(network("a", X=group(**wrong)), network("a", X=group(**(right or {}))))


def listener(port: int = 443, after: str = "B", **properties: Any) -> Template:
    given = {"LoadBalancerArn": {"Ref": "B"}, "Port": port, "DefaultActions": FORWARD, **properties}
    return network(
        "a", "b", **TARGETS, X={**made("AWS::ElasticLoadBalancingV2::Listener", **given), "DependsOn": after}
    )


def listener_rule(*values: str, **properties: Any) -> Template:
    given = {
        "ListenerArn": {"Ref": "L"},
        "Priority": 1,
        "Actions": FORWARD,
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}],
        **properties,
    }
    return network("a", "b", **TARGETS, X=made("AWS::ElasticLoadBalancingV2::ListenerRule", **given))


def named_balancer(reachable: bool = False, **properties: Any) -> Template:
    body = balancer("a", "b")
    body["Resources"]["L"]["Properties"].update(properties)
    if reachable:
        body["Resources"].update(INTERNET)
        body["Resources"]["L"]["DependsOn"] = "IA"
    return body


CASES: dict[str, Case] = {
    "balancer-in-one-zone": Case(balancer("a", "a"), balancer("a", "b")),
    "balancer-name-length": Case(named_balancer(Name="b" * 33), named_balancer(Name="b" * 32)),
    "balancer-name-beginning": Case(named_balancer(Name="internal-b"), named_balancer(Name="intern-b")),
    "balancer-without-internet": Case(
        named_balancer(Scheme="internet-facing"), named_balancer(reachable=True, Scheme="internet-facing")
    ),
    "target-group-name-length": target_group({"Name": "t" * 33}, {"Name": "t" * 32}),
    "target-group-name-alphabet": target_group({"Name": "a_b"}, {"Name": "a-b"}),
    "health-check-path": target_group({"HealthCheckPath": "up"}, {"HealthCheckPath": "/up"}),
    "health-check-interval": target_group(
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10},
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 9},
    ),
    "listener-without-certificate": Case(
        listener(Protocol="HTTPS"),
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate(REGION)}]),
        ready=issued,
    ),
    "listener-certificate-region": Case(
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate("us-east-1")}]),
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate(REGION)}]),
        ready=issued,
    ),
    "listener-port-taken": Case(listener(80, Protocol="HTTP", after="L"), listener(81, Protocol="HTTP", after="L")),
    "listener-rule-values": Case(listener_rule(*"abcdef"), listener_rule(*"abcde")),
    "listener-rule-priority": Case(listener_rule("a", Priority=50001), listener_rule("a", Priority=50000)),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/create-load-balancer.html
    "a balancer of appliances": template(
        **NET, B=made("AWS::ElasticLoadBalancingV2::LoadBalancer", Type="gateway", Subnets=[{"Ref": "A"}])
    ),
}
