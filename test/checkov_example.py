"""Scans the example's templates by checkov: each finding has a reason in checkov.json, and each reason a finding."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

CHECKOV = "import sys; from checkov.main import Checkov; sys.exit(Checkov().run())"
FLAGS = ["--framework", "cloudformation", "--compact", "--quiet", "--output", "json", "--soft-fail", "--skip-download"]
# those of the functions that the CDK makes, and mistakes of checkov, are not ours to mend
MOST = 40


def main(folder: Path) -> int:
    rows = json.loads(Path(__file__).with_name("checkov.json").read_text())
    example = min(folder.rglob("the-example-*"), default=None)
    templates = sorted(example.rglob("*.template.json")) if example else []
    if len(templates) < 40:
        print(f"fails: only {len(templates)} templates of the example to scan", file=sys.stderr)
        return 1
    found = [(check["check_id"], f"{Path(check['file_path']).name.split('.')[0]} {check['resource']}") for check in scan(templates)]
    taken = Counter[int]()
    unknown = []
    for rule, resource in found:
        matching = [index for index, row in enumerate(rows) if row["rule"] == rule and re.search(row["resource"], resource)]
        taken.update(matching)
        if len(matching) != 1:
            unknown.append(f"{rule} of {resource} has {len(matching)} reasons in checkov.json instead of one")
    stale = [f"{row['rule']} of {row['resource']} has no finding: take it out of checkov.json"
             for index, row in enumerate(rows) if not taken[index] or len(row["reason"]) < 20]
    ours = sum(count for index, count in taken.items() if "whose" not in rows[index])
    many = [f"{ours} findings of ours, at most {MOST}"] if ours > MOST else []
    for problem in [*unknown, *stale, *many]:
        print(problem, file=sys.stderr)
    failed = bool(unknown or stale or many)
    print(f"checkov: {'problems' if failed else 'a reason for each'} of {len(found)} findings in {len(templates)} templates, "
          f"{ours} of them ours")
    return int(failed)


def scan(templates: list[Path]) -> list[dict[str, str]]:
    """By a process for each core."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as scratch:
        processes = []
        for core in range(cores):
            part = Path(scratch) / str(core)
            part.mkdir()
            for template in templates[core::cores]:
                (part / template.name).write_bytes(template.read_bytes())
            processes.append(subprocess.Popen(
                [sys.executable, "-c", CHECKOV, *FLAGS, "--directory", str(part)], stdout=subprocess.PIPE, text=True,
            ))
        answers = [json.loads(process.communicate()[0]) for process in processes]
    for answer in answers:
        if answer["summary"]["parsing_errors"]:
            raise SystemExit("fails: checkov cannot read a template")
    return [check for answer in answers for check in answer["results"]["failed_checks"]]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
