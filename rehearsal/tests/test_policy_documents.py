"""Policies without statements: the emulator knows their types, and refuses what their syntax has not."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import cfnlint
import pytest
from botocore.exceptions import ClientError

from check.checks import policies
from emulator.engine import quotas
from emulator.engine.aws import client
from emulator.engine.server import Emulator
from emulator.services.organizations.backend import POLICY_TYPES
from emulator.services.organizations.documents import malformed

ROOT, REGION = "111111111111", "eu-west-1"
REPOSITORY = Path(__file__).parents[2]
EXAMPLES = json.loads((REPOSITORY / "test/organization/policy-examples.json").read_text())


@pytest.fixture
def organizations() -> Iterator[Any]:
    with Emulator():
        api = client("organizations", ROOT, REGION)
        api.create_organization(FeatureSet="ALL")
        yield api


def of_botocore() -> set[str]:
    (model,) = Path(botocore.__file__).parent.glob("data/organizations/*/service-2.json.gz")
    return set(json.loads(gzip.decompress(model.read_bytes()))["shapes"]["PolicyType"]["enum"])


def of_cloudformation() -> set[str]:
    schemas = Path(cfnlint.__file__).parent / "data/schemas"
    name = json.loads((schemas / "providers/us-east-1.json").read_text())["AWS::Organizations::Policy"]
    schema = json.loads((schemas / "resources" / f"{name}.json").read_text())
    return set(schema["properties"]["Type"]["enum"])


def of_library() -> dict[str, tuple[int, int, bool]]:
    """Each type with its size, its number, and whether CloudFormation creates it."""
    source = (REPOSITORY / "src/organization/organization-policy-type.ts").read_text()
    found = re.findall(r"new OrganizationPolicyType\('(\w+)', (\d+), (\d+)(.*?)\);", source)
    return {name: (int(size), int(number), not more.endswith("false")) for name, size, number, more in found}


def test_the_library_the_emulator_and_the_check_have_each_type_of_aws_with_the_same_limits():
    library = of_library()
    assert set(library) == of_botocore()
    assert {name for name, (_, _, is_there) in library.items() if is_there} == of_cloudformation()
    assert {name: size for name, (size, _, _) in library.items()} == quotas.POLICY_CHARACTERS
    assert {name: number for name, (_, number, _) in library.items()} == {
        name: quotas.POLICIES_PER_TARGET.get(name, 10) for name in POLICY_TYPES
    }
    assert {name: limits[:2] for name, limits in library.items()} == policies._QUOTAS


def test_a_policy_of_each_type_is_created_where_it_is_enabled(organizations):
    (root,) = organizations.list_roots()["Roots"]
    for kind in POLICY_TYPES:
        organizations.enable_policy_type(RootId=root["Id"], PolicyType=kind)
        example = next((one["content"] for one in EXAMPLES.values() if one["type"] == kind), {})
        made = organizations.create_policy(Name=kind, Description="", Type=kind, Content=json.dumps(example))
        summary = made["Policy"]["PolicySummary"]
        assert summary["Type"] == kind and f"/{kind.lower()}/" in summary["Arn"]
        organizations.attach_policy(PolicyId=summary["Id"], TargetId=root["Id"])
        attached = organizations.list_policies_for_target(TargetId=root["Id"], Filter=kind)["Policies"]
        assert summary["Id"] in [policy["Id"] for policy in attached]


def test_a_malformed_document_is_refused_when_it_is_created_and_when_it_is_changed(organizations):
    def refused(call: Any, **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(Description="", Name="limits", **arguments)
        return f"{caught.value.response['Error']['Code']} {caught.value.response['Error']['Message']}"

    wrong = json.dumps({"s3_attributes": {"public_access_block_configuration": {"@@assign": "some"}}})
    answer = refused(organizations.create_policy, Type="S3_POLICY", Content=wrong)
    assert answer.startswith("MalformedPolicyDocumentException") and "none of all, none: some" in answer
    right = json.dumps(EXAMPLES["s3"]["content"])
    made = organizations.create_policy(Name="limits", Description="", Type="S3_POLICY", Content=right)
    policy = made["Policy"]["PolicySummary"]["Id"]
    assert refused(organizations.update_policy, PolicyId=policy, Content=wrong).startswith("MalformedPolicyDocument")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_aws_shows_is_well_formed(name):
    assert malformed(EXAMPLES[name]["type"], json.dumps(EXAMPLES[name]["content"])) is None


def changes(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """A document with a key too many, at each of its nodes."""
    if isinstance(node, dict):
        yield path, {**node, "mistyped": {"@@assign": "x"}}
        for key, below in node.items():
            for where, changed in changes(below, f"{path}.{key}"):
                yield where, {**node, key: changed}


# their names are chosen by the author
FREE = re.compile(r"\.(tags|plans|rules|copy_actions|selections\.\w+|string_\w+)$")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_key_that_the_syntax_has_not_is_refused_at_each_node(name):
    kind, content = EXAMPLES[name]["type"], EXAMPLES[name]["content"]
    for path, document in changes(content):
        if not FREE.search(path):
            assert "mistyped" in str(malformed(kind, json.dumps(document))), path


@pytest.mark.parametrize(
    ("kind", "content", "problem"),
    [
        ("TAG_POLICY", "{", "Expecting property name"),
        ("TAG_POLICY", "[]", "it is no object"),
        ("TAG_POLICY", '{"tag":{}}', "it has no tags"),
        ("TAG_POLICY", '{"tags":{"a":{},"a":{}}}', "it has a key twice"),
        ("TAG_POLICY", '{"tags":{"a":{"tag_key":"a"}}}', "tags.a.tag_key is no object: a value needs an operator"),
        ("TAG_POLICY", '{"tags":{"a":{"tag_key":{"@@append":["a"]}}}}', "tags.a.tag_key has no @@append"),
        ("TAG_POLICY", '{"tags":{"a":{"tag_value":{"@@assign":"a"}}}}', "tags.a.tag_value is no list"),
        ("TAG_POLICY", '{"tags":{"a":{"tag_key":{"@@assign":["a"]}}}}', "tags.a.tag_key is a list"),
        (
            "S3_POLICY",
            '{"s3_attributes":{"@@operators_allowed_for_child_policies":["@@some"]}}',
            "s3_attributes allows child policies an operator that is none",
        ),
        (
            "BACKUP_POLICY",
            '{"plans":{"p":{"scan_settings":{"GUARDDUTY":{"resource_types":{"@@assign":["RDS"]}}}}}}',
            "plans.p.scan_settings.GUARDDUTY.resource_types is none of EBS, EC2, S3, ALL: RDS",
        ),
        (
            "DECLARATIVE_POLICY_EC2",
            '{"ec2_attributes":{"allowed_images_settings":{"image_criteria":{"criteria_11":{}}}}}',
            "ec2_attributes.allowed_images_settings.image_criteria has no criteria_11",
        ),
        ("INSPECTOR_POLICY", '{"anything":1}', "None"),
    ],
)
def test_each_mistake_is_told(kind, content, problem):
    assert problem in str(malformed(kind, content))
