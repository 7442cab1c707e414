"""Clusters of EKS, with their node groups and Fargate profiles."""

from __future__ import annotations

from hashlib import sha256

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, register


class _Eks(ApiResource):
    service = "eks"
    # the back end knows a part of what the type has
    beside = EVERYTHING


@register
class Cluster(_Eks):
    type = "AWS::EKS::Cluster"
    create_only = ("Name", "RoleArn", "EncryptionConfig", "KubernetesNetworkConfig", "AccessConfig")
    make, change, remove = "create_cluster", "update_cluster_config", "delete_cluster"
    key = name = "Name"
    answers = {
        "Arn": ("cluster", "arn"),
        "Endpoint": ("cluster", "endpoint"),
        "CertificateAuthorityData": ("cluster", "certificateAuthority", "data"),
        "ClusterSecurityGroupId": ("cluster", "resourcesVpcConfig", "clusterSecurityGroupId"),
        "OpenIdConnectIssuerUrl": ("cluster", "identity", "oidc", "issuer"),
        "Id": ("cluster", "name"),
    }

    def arguments(self, properties: Properties) -> Properties:
        given = dict(properties)
        if "Logging" in given:
            enabled = given["Logging"].get("ClusterLogging", {}).get("EnabledTypes", [])
            types = [item["Type"] for item in enabled]
            given["Logging"] = {"clusterLogging": [{"types": types, "enabled": True}]} if types else {}
        network = dict(given.get("ResourcesVpcConfig", {}))
        given["ResourcesVpcConfig"] = network
        return given

    def created(self, properties: Properties) -> None:
        place = self.place
        self.attributes.setdefault(
            "OpenIdConnectIssuerUrl", f"https://oidc.eks.{place.region}.amazonaws.com/id/{self.physical_id}"
        )
        self.attributes.setdefault("ClusterSecurityGroupId", f"sg-{sha256(self.attributes['Arn'].encode()).hexdigest()[:17]}")
        self.attributes["EncryptionConfigKeyArn"] = next(
            (item["Provider"]["KeyArn"] for item in properties.get("EncryptionConfig", [])), ""
        )

    def update(self, properties: Properties, before: Properties) -> None:
        for key in ("Logging", "ResourcesVpcConfig"):
            if properties.get(key) != before.get(key):
                given = self.arguments({key: properties.get(key, {})})
                self.call(self.change, {key: given[key]}, Name=self.physical_id)

    def delete(self, properties: Properties) -> None:
        # one that is active: https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
        if properties.get("DeletionProtection") in (True, "true"):
            raise ResourceFailure(
                f"Cluster {self.physical_id} cannot be deleted while its deletion protection is on. "
                "(InvalidRequestException)"
            )
        super().delete(properties)


@register
class Nodegroup(_Eks):
    type = "AWS::EKS::Nodegroup"
    create_only = ("ClusterName", "NodegroupName", "NodeRole", "Subnets", "InstanceTypes", "AmiType", "CapacityType")
    make, change, remove = "create_nodegroup", "update_nodegroup_config", "delete_nodegroup"
    key = name = "NodegroupName"
    answers = {
        "Arn": ("nodegroup", "nodegroupArn"),
        "NodegroupName": ("nodegroup", "nodegroupName"),
        "ClusterName": ("nodegroup", "clusterName"),
    }

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, ClusterName=properties["ClusterName"], **self.own_key())

    def own_key(self) -> Properties:
        return {"NodegroupName": self.physical_id}


@register
class FargateProfile(_Eks):
    type = "AWS::EKS::FargateProfile"
    create_only = ("ClusterName", "FargateProfileName", "PodExecutionRoleArn", "Selectors", "Subnets")
    make, remove = "create_fargate_profile", "delete_fargate_profile"
    key = name = "FargateProfileName"
    answers = {"Arn": ("fargateProfile", "fargateProfileArn")}

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, ClusterName=properties["ClusterName"], **self.own_key())


keep("AWS::EKS::Addon", "AWS::EKS::AccessEntry", "AWS::EKS::PodIdentityAssociation")
