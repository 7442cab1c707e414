"""What EKS refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import ACCOUNT, Case, Template, by, made, network, trusted


def eks(*zones: str, trust: str = "eks", **properties: Any) -> Template:
    ids = [{"Ref": f"S{number}"} for number in range(len(zones))]
    given = {"RoleArn": {"Fn::GetAtt": ["R", "Arn"]}, "ResourcesVpcConfig": {"SubnetIds": ids}, **properties}
    return network(*zones, R=trusted(by(trust)), X=made("AWS::EKS::Cluster", **given))


def entries(*roles: str) -> Template:
    body = eks("a", "b", AccessConfig={"AuthenticationMode": "API"})
    before = "X"
    for number, name in enumerate(roles):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        entry = made("AWS::EKS::AccessEntry", ClusterName={"Ref": "X"}, PrincipalArn=arn)
        body["Resources"][f"E{number}"] = {**entry, "DependsOn": before}
        before = f"E{number}"
    return body


CASES: dict[str, Case] = {
    "kubernetes-zones": Case(eks("a", "a"), eks("a", "b")),
    "kubernetes-name": Case(eks("a", "b", Name="a b"), eks("a", "b", Name="a-b")),
    "kubernetes-version": Case(eks("a", "b", Version="1.19"), eks("a", "b", Version="1.33")),
    "kubernetes-role": Case(eks("a", "b", trust="lambda"), eks("a", "b")),
    "kubernetes-entry-twice": Case(entries("one", "one"), entries("one", "two")),
}
