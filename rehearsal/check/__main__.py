"""cdk-multi-account-org check: the arguments, and how it ends."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from check import actions, checks, prices
from check.app import Org, expected, read, synthesize
from check.aws import Aws
from check.deployed import deployed
from check.rows import Row, Verdict, answered
from check.table import printable, table
from rehearsal.arguments import Parser
from rehearsal.failure import Failure

# also docs/check.schema.json
VERSION = 1
ALL_GOOD, SOME_BAD, NOT_RUN, SOME_UNKNOWN = 0, 1, 2, 3


def arguments(words: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="cdk-multi-account-org check",
        description="Asks AWS, with your credentials and reading only, what would stop the app in this folder: "
        "who you are, what exists already, what is off, taken or used up.",
        epilog=f"Exits with {ALL_GOOD} if all is well, {SOME_BAD} if something is not, {SOME_UNKNOWN} if something "
        f"could not be asked, and {NOT_RUN} if the check could not run.",
    )
    parser.add_argument(
        "--app-dir", type=Path, default=Path.cwd(), metavar="DIR", help="the folder with cdk.json (default: this one)"
    )
    parser.add_argument(
        "--assembly", type=Path, metavar="DIR", help="a cloud assembly such as cdk.out, instead of synthesizing the app"
    )
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="KEY=VALUE", help="context of the app, as for 'cdk'"
    )
    parser.add_argument("--profile", metavar="NAME", help="profile of ~/.aws/config, as for 'cdk'")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the answers, and the stacks that are deployed, as data, by docs/check.schema.json")
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help="write the prices that 'report --prices' reads, from AWS's price list"
    )
    parser.add_argument("--policy", action="store_true", help="print the IAM policy that the check needs, and ask nothing")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    options = arguments(sys.argv[1:] if words is None else words)
    if options.policy:
        print(json.dumps(actions.policy(), indent=2))
        return ALL_GOOD
    try:
        return _check(options)
    except Failure as failure:
        # several lines where the CDK says why
        lines = f"check could not run: {failure}".expandtabs().split("\n")
        print("\n".join(map(printable, lines)), file=sys.stderr)
        return NOT_RUN
    except KeyboardInterrupt:
        return 130


def _check(options: argparse.Namespace) -> int:
    for option, file in _files(options):
        if not file.resolve().parent.is_dir():
            raise Failure(f"{option} '{file}' is in a folder that does not exist: make it, or name another file")
        if file.is_dir():
            raise Failure(f"{option} '{file}' is a folder: name a file")
    with tempfile.TemporaryDirectory() as folder:
        context = [word for text in options.context for word in ("--context", text)]
        orgs = (
            expected(read(options.assembly))
            if options.assembly
            else synthesize(options.app_dir.resolve(), Path(folder), context)
        )
        found = {org.namespace: ask(org, options.profile, with_stacks=options.json is not None) for org in orgs}
        wanted = prices.items(options.assembly or Path(folder)) if options.prices else []
    rows = [row for part, _ in found.values() for row in part]
    for namespace, (part, _) in found.items():
        print(f"organization '{printable(namespace)}'" if len(found) > 1 else "", end="")
        print(table(part, sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    if options.json:
        _write("--json", options.json, data(found))
    if options.prices:
        listed = prices.prices(wanted, _signed_in(orgs[0], options.profile))
        _write("--prices", options.prices, listed)
        print(f"\n{printable(str(options.prices))}: {len(listed['prices'])} of {len(wanted)} prices")
        for one in listed["without"]:
            print(printable(f"  {one['name']} in {one.get('region', 'all regions')} has none: {one['why']}"))
    verdicts = {row.verdict for row in rows}
    return SOME_BAD if Verdict.BAD.value in verdicts else SOME_UNKNOWN if Verdict.UNKNOWN.value in verdicts else ALL_GOOD


def _files(options: argparse.Namespace) -> list[tuple[str, Path]]:
    return [(option, file) for option, file in (("--json", options.json), ("--prices", options.prices)) if file]


def _write(option: str, file: Path, content: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Failure(f"{option} '{file}' cannot be written, {error.strerror}: name another file") from None


def ask(org: Org, profile: str | None = None, with_stacks: bool = False) -> tuple[list[Row], dict[str, Any]]:
    """All questions about one organization, and what it has by now, if somebody wants to know."""
    aws = _signed_in(org, profile)
    return answered(checks.questions(org, aws), aws), deployed(org, aws) if with_stacks else {}


def _signed_in(org: Org, profile: str | None) -> Aws:
    try:
        aws = Aws(boto3.Session(profile_name=profile), org.root.region)
        aws.who()
    except ClientError as error:
        raise Failure(f"AWS does not know these credentials, {error.response['Error']['Code']}: sign in again") from None
    except BotoCoreError as error:
        raise Failure(f"no AWS credentials: {error}. Sign in as for 'cdk deploy', for example by 'aws sso login'") from None
    return aws


def data(found: dict[str, tuple[list[Row], dict[str, Any]]]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "organizations": [
            {"namespace": namespace, "rows": [row.data() for row in rows], **stacks}
            for namespace, (rows, stacks) in found.items()
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
