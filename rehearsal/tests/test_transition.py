"""What becomes of stacks that are there already, as AWS ends each change."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import VARIABLES, Driver

from rehearsal import app as apps
from rehearsal import summary
from rehearsal.failure import Failure
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer
from rehearsal.transition import StackTransition, Transition

REPOSITORY = Path(__file__).parents[2]
ROOT, REGION = "111111111111", "eu-west-1"
FAILED = "failed: UPDATE_ROLLBACK_COMPLETE"


@dataclass
class Case:
    before: str
    after: str
    outcome: str
    # each begins so
    created: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    retained: list[str] = field(default_factory=list)
    # what AWS says
    says: str = ""


TABLE = "new dynamodb.CfnTable(stack, 'table', {{ tableName: 'orders', billingMode: 'PAY_PER_REQUEST', keySchema: [{{ attributeName: '{0}', keyType: 'HASH' }}], attributeDefinitions: [{{ attributeName: '{0}', attributeType: 'S' }}] }});"
EXPORT = "new CfnOutput(stack, 'out', { value: new sqs.CfnQueue(stack, 'queue').ref, exportName: 'shared' });"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html and the
# pages on stack failures, deletion policies and exports
CASES = {
    "changed": Case("new sqs.CfnQueue(stack, 'queue');", "new sqs.CfnQueue(stack, 'queue', { delaySeconds: 5 });", "updated"),
    "same": Case("new sqs.CfnQueue(stack, 'queue');", "new sqs.CfnQueue(stack, 'queue');", "untouched"),
    "renamed": Case(
        "new s3.Bucket(stack, 'data', { bucketName: 'acme-one' });",
        "new s3.Bucket(stack, 'data', { bucketName: 'acme-two' });",
        "updated",
        replaced=["data7E2128CA AWS::S3::Bucket: acme-one became acme-two"],
        retained=["data7E2128CA AWS::S3::Bucket acme-one"],
    ),
    "role": Case(
        "new iam.CfnRole(stack, 'role', { roleName: 'one', assumeRolePolicyDocument: trust });",
        "new iam.CfnRole(stack, 'role', { roleName: 'two', assumeRolePolicyDocument: trust });",
        "updated",
        replaced=["role AWS::IAM::Role: one became two"],
    ),
    "moved": Case(
        "new sqs.CfnQueue(stack, 'queue');",
        "new sqs.CfnQueue(stack, 'tasks');",
        "updated",
        moved=["queue is tasks now, another AWS::SQS::Queue"],
        deleted=["queue AWS::SQS::Queue"],
    ),
    "moved-by-name": Case(
        "new sqs.CfnQueue(stack, 'queue', { queueName: 'jobs' });",
        "new sqs.CfnQueue(stack, 'tasks', { queueName: 'jobs' });",
        FAILED,
        says="already exists",
    ),
    "retained": Case(
        "new sqs.CfnQueue(stack, 'q'); new logs.LogGroup(stack, 'log', { logGroupName: 'acme' });",
        "new sqs.CfnQueue(stack, 'q');",
        "updated",
        retained=["log751C81CB AWS::Logs::LogGroup acme"],
    ),
    "custom-name": Case(TABLE.format("id"), TABLE.format("number"), FAILED, says="orders"),
    "in-use": Case(EXPORT, "new sqs.CfnQueue(stack, 'queue');", FAILED, says="as it is in use by"),
    "user": Case(
        "new sqs.CfnQueue(stack, 'queue', { tags: [{ key: 'of', value: Fn.importValue('shared') }] }); stack.addDependency(stacks['in-use']);",
        "new sqs.CfnQueue(stack, 'queue', { tags: [{ key: 'of', value: Fn.importValue('shared') }] }); stack.addDependency(stacks['in-use']);",
        "untouched",
    ),
    "invalid": Case(
        "new sqs.CfnQueue(stack, 'queue'); new sqs.CfnQueue(stack, 'other');",
        "new sqs.CfnQueue(stack, 'queue', { delaySeconds: 5 }); new sqs.CfnQueue(stack, 'other', { delaySeconds: 5000 });",
        FAILED,
        says="DelaySeconds",
    ),
    "added": Case(
        "new sqs.CfnQueue(stack, 'queue');",
        "new sqs.CfnQueue(stack, 'queue'); new sns.CfnTopic(stack, 'topic');",
        "updated",
        created=["topic AWS::SNS::Topic"],
    ),
    "gone": Case("new sqs.CfnQueue(stack, 'queue');", "", "left: the code no longer names it"),
    "new": Case("", "new sqs.CfnQueue(stack, 'queue');", "created"),
}


def write(folder: Path, which: str) -> None:
    codes = {name: getattr(case, which) for name, case in CASES.items()}
    write_app(folder, {name: code for name, code in codes.items() if code})


def write_app(folder: Path, codes: dict[str, str]) -> None:
    stacks = [f"{{ const stack = stacks['{name}'] = new Stack(root, '{name}'); {code} }}" for name, code in codes.items()]
    (folder / "cdk.json").write_text('{ "app": "node app.js" }', "utf-8")
    (folder / "app.js").write_text(
        f"""const cdk = require({json.dumps(str(REPOSITORY / "node_modules/aws-cdk-lib"))});
        const {{ App, CfnOutput, Fn, Stack, Stage, aws_dynamodb: dynamodb, aws_iam: iam, aws_logs: logs, aws_s3: s3, aws_sns: sns, aws_sqs: sqs }} = cdk;
        const root = new Stage(new App(), 'root', {{ env: {{ account: '{ROOT}', region: '{REGION}' }} }});
        const trust = {{ Version: '2012-10-17', Statement: [{{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {{ Service: 'ec2.amazonaws.com' }} }}] }};
        const stacks = {{}};
        {chr(10).join(stacks)}""",
        "utf-8",
    )


def deploy(driver: Driver) -> dict[str, str]:
    """Each stack by itself: stack -> what AWS says of its failure."""
    said = {}
    driver.play.synthesis.prepare(ROOT, REGION, True)
    for stack in apps.read_stacks(driver.play.sandbox.assembly):
        done = driver.deploy(stack.path)
        said[stack.path.removeprefix("root/")] = "" if done.code == 0 else driver.text(done)
    return said


def named(driver: Driver) -> set[tuple[str, str, str]]:
    return {stack.place(ROOT, REGION) for stack in apps.read_stacks(driver.play.sandbox.assembly)}


@pytest.fixture(scope="module")
def told(tmp_path_factory, shared):
    folder = tmp_path_factory.mktemp("transition")
    write(folder, "before")
    driver = Driver(folder)
    try:
        driver.bootstrapped()
        first = deploy(driver)
        assert set(first.values()) == {""}, first
        transition = Transition(named(driver))
        write(folder, "after")
        said = deploy(driver)
        found = {stack.name.removeprefix("root-"): stack for stack in transition.stacks(named(driver))}
    finally:
        driver.play.close()
    return said, found


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_it(told, name):
    said, found = told
    case, stack = CASES[name], found[name]
    assert stack.outcome == case.outcome, said.get(name)
    assert case.says in said.get(name, "")
    for kind in ("created", "replaced", "moved", "deleted", "retained"):
        lines, wanted = getattr(stack, kind), getattr(case, kind)
        assert [line[: len(start)] for line, start in zip(lines, wanted)] == wanted and len(lines) == len(wanted), lines


def test_what_nobody_named_is_not_left(told):
    _, found = told
    assert found["CDKToolkit"].outcome == "untouched"


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=acme", "-c", "user.email=aws@acme.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def rehearse(folder: Path, *bases: str) -> dict:
    play = Play(Options(folder, env=VARIABLES, bases=bases), Processes(), Printer())
    try:
        play.run()
        return summary.data(play)
    finally:
        play.close()


def test_a_retained_name_that_comes_back_is_told_by_the_commands(tmp_path):
    """Two refs before this folder; of the repository, nothing stays behind."""
    group = "new logs.LogGroup(stack, 'log', { logGroupName: 'acme' });"
    queue = "new sqs.CfnQueue(stack, 'queue');"
    git(tmp_path, "init", "--quiet")
    for number, code in enumerate([queue + group, queue, queue + group]):
        write_app(tmp_path, {"shop": code})
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", f"{number}")
    data = rehearse(tmp_path, "HEAD~2", "HEAD~1")
    (shop,) = [StackTransition(**stack) for stack in data["changes"] if stack["name"] == "root-shop"]
    assert shop.outcome == FAILED
    assert any("already exists" in problem for problem in data["problems"])
    listed = subprocess.run(["git", "worktree", "list"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert len(listed.stdout.splitlines()) == 1


@pytest.mark.parametrize(("ref", "words"), [("nowhere", "which is no git ref"), ("--all", "which is no git ref")])
def test_a_ref_that_is_none_is_told(tmp_path, ref, words):
    write_app(tmp_path, {"shop": "new sqs.CfnQueue(stack, 'queue');"})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    with pytest.raises(Failure, match=words):
        rehearse(tmp_path, ref)
