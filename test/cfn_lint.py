"""Lints the templates in a folder by cfn-lint, each content once, a process for each core."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())"
FLAGS = ["--ignore-checks", "W", "--non-zero-exit-code", "error", "--format", "parseable"]


def main(folder: Path) -> int:
    distinct: dict[str, Path] = {}
    empty = set()
    for template in sorted(folder.rglob("*.template.json")):
        content = template.read_bytes()
        if b'"Resources"' in content:
            distinct.setdefault(hashlib.sha1(content).hexdigest(), template)
        else:
            empty.add(template.name)
    # that none of ours is empty is a test of templates.test.ts
    print(f"left out, because a test left them empty: {', '.join(sorted(empty)) or 'none'}")
    if len(distinct) < 50:
        print(f"fails: only {len(distinct)} templates to lint", file=sys.stderr)
        return 1

    # the largest first, in turn, so that the processes end together
    files = [str(path) for path in sorted(distinct.values(), key=lambda path: -path.stat().st_size)]
    cores = os.cpu_count() or 1
    linters = [
        subprocess.Popen([sys.executable, "-c", CFN_LINT, *FLAGS, "--template", *files[core::cores]]) for core in range(cores)
    ]
    codes = [linter.wait() for linter in linters]
    if tally := os.environ.get("TALLY"):
        (Path(tally) / "templates-linted").write_text("\n".join(distinct) + "\n")
    print(f"cfn-lint: {'errors' if any(codes) else 'no error'} in {len(distinct)} templates")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
