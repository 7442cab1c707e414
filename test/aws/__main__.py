"""Experiments in a real, throw-away account: what AWS's documentation leaves open. Nobody's CI runs them.

Each says beforehand what it costs and leaves. None makes an account, and no change set is executed.
In a management account nothing is tried, unless its organization is named as one to throw away.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(Path(__file__).parent))

from account_access import AccountAccess  # noqa: E402
from change_sets import ChangeSets  # noqa: E402
from deeds import Deeds  # noqa: E402
from experiment import Experiment, Outcome, Setting  # noqa: E402
from readings import Readings  # noqa: E402
from simulations import Simulations  # noqa: E402
from validations import Validations  # noqa: E402

EXPERIMENTS: list[Experiment] = [Readings(), Validations(), ChangeSets(), Simulations(), Deeds(), AccountAccess()]


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npm run test:aws --",
        description="Asks a real AWS account what only it can say. With --list, asks nothing, and says what each experiment does.",
    )
    parser.add_argument("--account", metavar="ID", help="the throw-away account of your own that your credentials are of")
    parser.add_argument("--region", default="eu-west-1", help="where (default: eu-west-1)")
    parser.add_argument("--assembly", type=Path, metavar="DIR", help="whose templates: what 'cdk synth' of an example writes")
    parser.add_argument("--requests", type=Path, metavar="FILE", help="what 'ISOLATION_REQUESTS=FILE npx jest test/isolation.test.ts' writes")
    parser.add_argument(
        "--deeds", type=Path, metavar="FILE", help="what 'ISOLATION_REQUESTS=FILE npx jest test/guardrails/guardrail.test.ts -t says' writes"
    )
    parser.add_argument(
        "--organization", metavar="ID", help=f"the throw-away organization that the account manages, for '--only {AccountAccess.name}'"
    )
    parser.add_argument("--only", choices=[item.name for item in EXPERIMENTS], help="this experiment")
    parser.add_argument("--list", action="store_true", help="say what the experiments do, cost and leave")
    options = parser.parse_args(words)
    if not options.list and not re.fullmatch(r"\d{12}", options.account or ""):
        parser.error("--account is missing: give the 12 digits of a throw-away account of your own, for nothing here asks which one you meant")
    if options.organization and options.only != AccountAccess.name:
        parser.error(f"--organization is '{options.organization}', and in a management account nothing else is tried: add --only {AccountAccess.name}")
    return options


def main(words: list[str]) -> int:
    options = arguments(words)
    chosen = [item for item in EXPERIMENTS if options.only in (None, item.name)]
    if options.list:
        for item in chosen:
            print(f"{item.name}\n  asks    {item.question}\n  source  {item.source}\n  costs   {item.costs}\n  leaves  {item.leaves}")
        return 0
    session = boto3.Session(region_name=options.region)
    if refusal := refused(session, options.account, options.organization):
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    setting = Setting(session, options.region, options.assembly, options.requests, options.deeds, options.organization)
    return report({item.name: run(item, setting) for item in chosen})


def refused(session: boto3.Session, account_id: str, organization_id: str | None = None) -> str | None:
    """Why nothing may be tried with these credentials."""
    try:
        mine = session.client("sts").get_caller_identity()["Account"]
    except (ClientError, BotoCoreError) as error:
        return f"nobody knows whose credentials these are: {error}"
    if mine != account_id:
        return f"--account is {account_id}, and the credentials are of {mine}"
    try:
        organization = session.client("organizations").describe_organization()["Organization"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "AWSOrganizationsNotInUseException":
            return f"--organization is {organization_id}, and {mine} is in none" if organization_id else None
        return f"nobody knows whether {mine} manages an organization: {error}"
    managed = organization["Id"] if organization["MasterAccountId"] == mine else None
    if managed == organization_id:
        return None
    if organization_id:
        return f"--organization is {organization_id}, and {mine} manages {managed or 'none'}"
    return f"{mine} manages organization {managed}: a throw-away account manages none"


def run(item: Experiment, setting: Setting) -> list[Outcome]:
    try:
        return item.run(setting)
    except (ClientError, BotoCoreError) as error:
        return [Outcome("the experiment", False, f"it could not be made: {error}")]


def report(found: dict[str, list[Outcome]]) -> int:
    for name, outcomes in found.items():
        good = sum(outcome.holds is True for outcome in outcomes)
        skipped = [outcome for outcome in outcomes if outcome.holds is None]
        bad = [outcome for outcome in outcomes if outcome.holds is False]
        print(f"{name}: {good} as expected, {len(bad)} not, {len(skipped)} skipped")
        for outcome in outcomes:
            if outcome.holds and outcome.words:
                print(f"  ✔ {outcome.subject}: {outcome.words}")
        for outcome in [*bad, *skipped]:
            print(f"  {'✘' if outcome.holds is False else '?'} {outcome.subject}: {outcome.found}")
    return 1 if any(outcome.holds is False for outcomes in found.values() for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
