"""What an account contains beside its networks."""

from __future__ import annotations

import json

from moto.acm import models as acm
from moto.core.exceptions import ServiceException
from moto.ec2.models import amis, ec2_backends
from moto.kms import models as kms
from moto.moto_api._internal import mock_random
from moto.route53 import models as route53

from emulator.engine.identities import know_aws_policy
from emulator.engine.store import kept_backends
from emulator.services import accountaccess
from emulator.services.cloudformation.cloud_control import kind_of
from emulator.services.sso.backend import enable
from rehearsal.existing.place import Item, Place, called


def make_hosted_zone(place: Place, item: Item) -> None:
    api, networks = place.api("route53"), item.get("vpcs", [])
    for network in networks:
        Place(place.account_id, network["region"]).api("ec2").describe_vpcs(VpcIds=[network["id"]])
    vpcs = [{"VPCId": network["id"], "VPCRegion": network["region"]} for network in networks]
    private = {"VPC": vpcs[0], "HostedZoneConfig": {"PrivateZone": True}} if vpcs else {}
    with called(route53, "create_route53_zone_id", item.get("id")):
        zone = api.create_hosted_zone(Name=item["name"], CallerReference=item.get("id", item["name"]), **private)
    for vpc in vpcs[1:]:
        api.associate_vpc_with_hosted_zone(HostedZoneId=zone["HostedZone"]["Id"], VPC=vpc)


def make_role(place: Place, item: Item) -> None:
    api, name = place.api("iam"), {"RoleName": item["name"]}
    api.create_role(**name, Path=item.get("path", "/"), AssumeRolePolicyDocument=json.dumps(item["trust"]))
    for arn in item.get("managedPolicies", []):
        know_aws_policy(place.account_id, place.partition, arn)
        api.attach_role_policy(**name, PolicyArn=arn)
    for policy, document in item.get("policies", {}).items():
        api.put_role_policy(**name, PolicyName=policy, PolicyDocument=json.dumps(document))


def make_image(place: Place, item: Item) -> None:
    with called(amis, "random_ami_id", item.get("id")):
        made = place.api("ec2").register_image(Name=item["name"])["ImageId"]
    image = ec2_backends[place.account_id][place.region].amis[made]
    image.owner_id = item.get("owner", place.account_id)
    if image.owner_id != place.account_id:
        image.launch_permissions.append({"Group": "all"})


def make_key_pair(place: Place, name: str) -> None:
    place.api("ec2").create_key_pair(KeyName=name)


def make_parameter(place: Place, name: str, given: str | Item) -> None:
    value = {"value": given} if isinstance(given, str) else given
    place.api("ssm").put_parameter(Name=name, Value=value["value"], Type=value.get("type", "String"))


def make_key(place: Place, item: Item) -> None:
    api = place.api("kms")
    policy = {"Policy": json.dumps(item["policy"])} if "policy" in item else {}
    with called(kms, "generate_key_id", item.get("id")):
        made = api.create_key(**policy)["KeyMetadata"]["KeyId"]
    for alias in item.get("aliases", []):
        api.create_alias(AliasName=alias, TargetKeyId=made)


def make_certificate(place: Place, item: Item) -> None:
    others = {"SubjectAlternativeNames": item["alternativeNames"]} if item.get("alternativeNames") else {}
    with called(acm, "make_arn_for_certificate", item.get("arn")):
        made = place.api("acm").request_certificate(DomainName=item["domainName"], ValidationMethod="DNS", **others)
    acm.acm_backends[place.account_id][place.region].get_certificate(made["CertificateArn"]).status = "ISSUED"


def make_bucket(place: Place, name: str) -> None:
    where = {"CreateBucketConfiguration": {"LocationConstraint": place.region}} if place.region != "us-east-1" else {}
    place.api("s3").create_bucket(Bucket=name, **where)


def make_trail(place: Place, item: Item) -> None:
    api = place.api("cloudtrail")
    api.create_trail(
        Name=item["name"],
        S3BucketName=item["bucket"],
        IsMultiRegionTrail=item.get("isMultiRegion", True),
        IsOrganizationTrail=item.get("isOrganization", False),
    )
    api.start_logging(Name=item["name"])


class UnknownGroup(ServiceException):
    code = "ResourceNotFoundException"


def make_identity_center(place: Place, item: Item) -> None:
    enabled, store = item.get("permissionSetsEnabled", True), {"IdentityStoreId": item["identityStoreId"]}
    instance = enable(place.account_id, place.region, item["arn"], item["identityStoreId"], enabled)
    if "applicationArn" in item:
        accountaccess.begin(item["applicationArn"], instance)
    api, groups = place.api("identitystore"), {}
    for group in item.get("groups", []):
        with called(mock_random, "uuid4", group.get("id")):
            groups[group["name"]] = api.create_group(**store, DisplayName=group["name"])["GroupId"]
    for user in item.get("users", []):
        name = user["name"]
        person = {"UserName": name, "DisplayName": name, "Name": {"GivenName": name, "FamilyName": name}}
        with called(mock_random, "uuid4", user.get("id")):
            made = api.create_user(**store, **person)["UserId"]
        for group_name in user.get("groups", []):
            if group_name not in groups:
                raise UnknownGroup(f"user '{name}' is in group '{group_name}': give one of {', '.join(groups) or 'its groups'}")
            api.create_group_membership(**store, GroupId=groups[group_name], MemberId={"UserId": made})


def make_resource(place: Place, item: Item) -> None:
    kept_backends[place.account_id][place.region].put(kind_of(item["type"]), item["identifier"], item["properties"])
