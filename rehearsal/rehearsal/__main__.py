"""cdk-multi-account-org rehearse: the arguments, and how it ends."""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from types import FrameType

# moto warns about its own internals
warnings.filterwarnings("ignore", module="moto")

# boto3 must not look for the caller's credentials, not even at import
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from rehearsal import faults, page, summary  # noqa: E402
from rehearsal.arguments import Parser  # noqa: E402
from rehearsal.failure import Failure  # noqa: E402
from rehearsal.play import CALLERS, Options, Play  # noqa: E402
from rehearsal.processes import Processes, watch  # noqa: E402
from rehearsal.report import Printer  # noqa: E402


def arguments(words: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="cdk-multi-account-org rehearse",
        description="Deploys the app in this folder, with its own CDK CLI, into an emulated AWS on this machine: "
        "bootstrap, the organization, then everything. Nothing leaves the machine, and no file of the app is written.",
    )
    parser.add_argument(
        "--app-dir", type=Path, default=Path.cwd(), metavar="DIR", help="the folder with cdk.json (default: this one)"
    )
    parser.add_argument(
        "--destroy",
        metavar="STAGE",
        help="afterwards destroy this stage, or ORGANIZATION/STAGE, and show that no other account changes",
    )
    parser.add_argument(
        "--from",
        dest="bases",
        action="append",
        default=[],
        metavar="REF",
        help="first deploy the app as this git ref has it, and tell what becomes of it; several are deployed one after the other",
    )
    parser.add_argument("--twice", action="store_true", help="deploy a second time, and show that nothing changes")
    parser.add_argument(
        "--concurrency",
        type=int,
        default=1,
        metavar="N",
        help="stacks that 'cdk deploy' deploys at once (default: 1, as the CLI does)",
    )
    parser.add_argument(
        "--every-command-synthesizes",
        action="store_true",
        help="synthesize the app for each command, not only when something has changed",
    )
    parser.add_argument(
        "--timeout", type=float, default=900, metavar="SECONDS", help="give up after this time (default: 900)"
    )
    parser.add_argument(
        "--keep-output", type=Path, metavar="DIR", help="keep the output of each command and the cloud assembly here"
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME",
        help="pass this variable on to the app too; of its caller's, it gets only those that languages need",
    )
    parser.add_argument(
        "--as",
        dest="caller",
        choices=CALLERS,
        default=CALLERS[0],
        help="who deploys: an administrator of the management account (default), or its root user, who can assume no role",
    )
    parser.add_argument(
        "--faults",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="AWS does this to the first attempt; then run the same command again: 'list' lists them",
    )
    parser.add_argument(
        "--world", type=Path, metavar="FILE", help="what exists in AWS before, by rehearsal/world.schema.json"
    )
    parser.add_argument(
        "--parameters",
        action="append",
        default=[],
        metavar="[STACK:]KEY=VALUE",
        help="parameter of a stack, as for 'cdk deploy'",
    )
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="KEY=VALUE", help="context of the app, as for 'cdk'"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary as data")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="write the page of what was deployed, as the command 'report' does, with the accounts that it has then",
    )
    parser.add_argument("--verbose", action="store_true", help="show everything that the CDK CLI prints")
    options = parser.parse_args(words)
    if "list" in options.faults:
        print(faults.listed())
        parser.exit()
    if options.report and not options.report.resolve().parent.is_dir():
        parser.error(f"argument --report: '{options.report}' is in no folder that is there: name a file in one that is")
    try:
        options.faults = [faults.wanted(text) for text in options.faults]
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --faults: {error}")
    return options


def main(words: list[str] | None = None) -> int:
    options = arguments(sys.argv[1:] if words is None else words)
    processes, printer = Processes(), Printer(options.verbose)
    parent = int(os.environ.pop("REHEARSAL_PARENT", 0)) or os.getppid()
    ending: list[str] = []

    def end(reason: str) -> None:
        ending.append(reason)
        processes.stop()
        # whatever still hangs has had its chance
        threading.Timer(10, os._exit, (1,)).start()

    def on_signal(number: int, _: FrameType | None) -> None:
        # a terminal sends it to all of us, and the command line tool sends it on
        if not ending:
            ending.append(f"received {signal.Signals(number).name}")
            raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    watch(parent, options.timeout, end)
    try:
        return _rehearse(options, processes, printer)
    except Failure as failure:
        _complain(f"rehearsal failed: {ending[0] if ending else failure}")
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _complain(f"rehearsal failed: {error.strerror}: {error.filename or tempfile.gettempdir()}")
        return 1
    except SystemExit:
        _complain(f"rehearsal stopped: {ending[0] if ending else 'exit'}")
        raise
    finally:
        processes.stop()


def _complain(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:  # nobody listens any more
        pass


def _rehearse(options: argparse.Namespace, processes: Processes, printer: Printer) -> int:
    play = Play(
        Options(
            options.app_dir.resolve(),
            options.destroy,
            options.twice,
            options.verbose,
            options.keep_output and options.keep_output.resolve(),
            options.concurrency,
            options.every_command_synthesizes,
            context=options.context,
            parameters=options.parameters,
            world=options.world,
            env=options.env,
            faults=options.faults,
            caller=options.caller,
            bases=options.bases,
        ),
        processes,
        printer,
    )
    try:
        play.run()
        result = summary.data(play)
        if options.report:
            page.write(play.cli.node, play.sandbox.assembly, options.report.resolve())
    finally:
        play.close()
    summary.show(result, printer)
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    printer.line()
    if count := len(result["problems"]):
        printer.line(printer.red("rehearsal failed") + f": {count} problem{'s' * (count > 1)}")
    else:
        printer.line("rehearsal succeeded")
    return 1 if result["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
