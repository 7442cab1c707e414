"""The rehearsal itself: the README's commands, one after the other, in an emulated AWS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from check.rows import Row
from emulator.engine import functions, quotas
from emulator.engine.guard import Guard
from emulator.engine.resources import Recorded
from emulator.engine.server import Emulator
from rehearsal import app as apps
from rehearsal import caller, checked, environment, existing, world
from rehearsal.base import checked_out, commit_of
from rehearsal.cdk import Cli, Command, find_cli
from rehearsal.comparison import Comparison, Destroyed
from rehearsal.costs import Costs
from rehearsal.failure import Failure
from rehearsal.failures import Attempt, Watch, good
from rehearsal.faults import Trial
from rehearsal.functions import SealedFunctions
from rehearsal.processes import Processes
from rehearsal.report import Place, Printer
from rehearsal.sandbox import Sandbox
from rehearsal.seal import KINDS, Seal, choose
from rehearsal.selection import Selection
from rehearsal.synthesis import Synthesis
from rehearsal.transition import StackTransition, Transition


CALLERS = ("administrator", "root-user")


@dataclass
class Options:
    app_dir: Path
    destroy: str | None = None
    twice: bool = False
    verbose: bool = False
    keep_output: Path | None = None
    concurrency: int = 1
    every_command_synthesizes: bool = False
    # as the CDK CLI takes them: KEY=VALUE, parameters also STACK:KEY=VALUE
    context: Sequence[str] = ()
    parameters: Sequence[str] = ()
    # what exists before the first command
    world: Path | None = None
    # names of variables that the app is given in addition
    env: Collection[str] = ()
    # names and values of what AWS does to the first attempt
    faults: Collection[tuple[str, str]] = ()
    caller: str = CALLERS[0]
    # git refs of the app that are deployed before this folder, in this order
    bases: Sequence[str] = ()
    # in this order, the first that this machine has
    seals: tuple[type[Seal], ...] = KINDS


@dataclass
class Result:
    organization: apps.Organization
    management_id: str
    region: str
    commands: list[Command] = field(default_factory=list)
    emulated: int = 0
    recorded: list[Recorded] = field(default_factory=list)
    attempt: Attempt = field(default_factory=Attempt)
    check: list[Row] | None = None
    destroyed: Destroyed | None = None
    changes_of_second_run: list[str] | None = None


class Stopped(Exception):
    """A command has failed, and what follows it makes no sense."""


def _raised(name: str, value: int) -> str:
    """What to do about a quota."""
    more = json.dumps({"quotas": {name: value + 1}})
    source = quotas.adjustable[name].source
    return f"'{name}' is {value}, {source}: with more, rehearse with --world, a file such as {more}"


class Play:
    def __init__(self, options: Options, processes: Processes, printer: Printer) -> None:
        self.costs = Costs()
        self.options, self.processes, self.printer = options, processes, printer
        for base in options.bases:
            commit_of(options.app_dir, base)
        # that of a base, while it is deployed
        self.app_dir = options.app_dir
        self.transition: Transition | None = None
        self.script = find_cli(options.app_dir)
        self.left_out = environment.left_out(caller.sources(options.app_dir), options.env)
        self.sandbox = Sandbox(options.app_dir)
        self.guard = Guard()
        self.emulator = Emulator().start()
        self.emulator.door.as_root_user = options.caller == "root-user"
        try:
            self.seal = choose(self.emulator, self.guard, processes, self.sandbox.private, options.seals)
        except BaseException:
            self.sandbox.remove()
            raise
        functions.run_in(SealedFunctions(self.seal, self.sandbox.private))
        self.cli = Cli(self.script, self.seal, self.sandbox.cwd, self.sandbox.assembly)
        self.synthesis = Synthesis(self.sandbox, self._cdk, options.every_command_synthesizes, self._context())
        self.results: list[Result] = []
        self.trial = Trial()
        self._logged: list[Command] = []
        self.comparison = Comparison(self.costs)
        self.costs.start()

    def close(self) -> None:
        if self.options.keep_output is not None:
            self._keep(self.options.keep_output)
        self.seal.close()
        self.sandbox.remove()

    def _keep(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for index, command in enumerate(self._logged, 1):
            lines = [f"$ {command.text}", *command.output, f"exit code {command.code}, {command.seconds:.1f} s"]
            (folder / f"{index:02}-{command.words[0]}.log").write_text("\n".join(lines) + "\n", "utf-8")
        if self.sandbox.assembly.exists():
            shutil.copytree(self.sandbox.assembly, folder / "cdk.out", dirs_exist_ok=True)

    def run(self) -> list[Result]:
        self.printer.line(f"sealed from the network {self.seal.sentence}")
        if self.left_out:
            self.printer.line(f"not passed on to the app: {', '.join(self.left_out)}; '--env NAME' does")
        if self.emulator.door.as_root_user:
            self.printer.line("a root user assumes no role, so it can deploy nothing into other accounts")
        for base in self.options.bases:
            self._deploy_base(base)
        organizations = self.organizations()
        self.trial.begin(self.emulator.faults, self.options.faults)
        to_destroy = self._to_destroy(organizations)
        self._rehearse_all(organizations, to_destroy)
        self._check_guard()
        return self.results

    def _rehearse_all(self, organizations: list[apps.Organization], to_destroy: dict[str, str]) -> None:
        for organization in organizations:
            patterns = ["**"] if len(organizations) == 1 else organization.patterns
            self._rehearse(organization, patterns, to_destroy.get(organization.id))

    def _deploy_base(self, base: str) -> None:
        """What is there already when the app of this folder comes."""
        with checked_out(self.options.app_dir, base, self.sandbox.path) as folder:
            self.printer.line(f"first, the app of {base}:")
            self._enter(folder)
            self._rehearse_all(self.organizations(), {})
        if failed := [item.text for result in self.results for item in result.attempt.failed]:
            raise Failure(f"the app of {base} cannot be deployed, so nobody can say what becomes of it:\n" + "\n".join(failed))
        self.transition = Transition(self._named())
        self.results = []
        self._enter(self.options.app_dir)
        self.printer.line(f"the app of {base} is deployed, and now that of this folder:")

    def _enter(self, folder: Path) -> None:
        self.app_dir = folder
        self.sandbox.enter(folder)
        self.synthesis = Synthesis(self.sandbox, self._cdk, self.options.every_command_synthesizes, self._context())

    def changes(self) -> list[StackTransition] | None:
        """What became of the stacks that were deployed before, if any were."""
        if self.transition is None:
            return None
        return self.transition.stacks(self._named())

    def _named(self) -> set[tuple[str, str, str]]:
        """Where the stacks of the last assembly are."""
        caller_is = self.results[0].management_id, self.results[0].region
        return {stack.place(*caller_is) for stack in apps.read_stacks(self.sandbox.assembly)}

    def organizations(self) -> list[apps.Organization]:
        past = existing.Past.of(self.options.world) if self.options.world else existing.Past()
        self.cached = existing.Cached(self.sandbox.context, past)
        stacks = self.synthesis.begin(*caller.probable(self.app_dir))
        organizations = apps.organizations(stacks)
        if not organizations:
            raise Failure(
                f"no stack 'root/organization' and no stage 'root' in the app in '{self.app_dir}': "
                "add a MultiAccountOrg, or a stage named 'root'"
            )
        inside = {stack.path for organization in organizations for stack in organization.stacks}
        outside = [stack.path for stack in stacks if stack.path not in inside]
        if len(organizations) > 1 and outside:
            self.printer.line(f"not rehearsed, because no organization has them: {', '.join(outside)}")
        return organizations

    def _to_destroy(self, organizations: list[apps.Organization]) -> dict[str, str]:
        """By organization, the stage to destroy."""
        wanted = self.options.destroy
        if wanted is None:
            return {}
        found = {item.id: name for item in organizations for name in item.stages if wanted in (name, item.join(name))}
        if not found:
            (first, *more) = organizations
            have = [item.join(name) if more else name for item in organizations for name in item.stages]
            where = "the app" if more or not first.id else f"'{first.id}'"
            raise Failure(f"no stage '{wanted}' in {where}: it has {', '.join(have)}")
        if len(found) > 1:
            names = [item.join(found[item.id]) for item in organizations if item.id in found]
            raise Failure(f"several stages are called '{wanted}': use one of {', '.join(names)}")
        return found

    def cdk(self, words: list[str], account_id: str, region: str, anew: bool = False) -> Command:
        """Runs the CLI as somebody of this account; a failure is in the answer."""
        # 'cdk bootstrap' looks at no stack when its environment is given
        if words[0] != "bootstrap":
            self.synthesis.prepare(account_id, region, anew)
        return self._cdk(words, account_id, region)

    def _cdk(self, words: list[str], account_id: str, region: str, **more: str) -> Command:
        emulator, guard = (f"http://127.0.0.1:{port}" for port in (self.seal.emulator_port, self.seal.guard_port))
        env = environment.for_cli(
            self.emulator.credentials(account_id), region, emulator, guard, self.sandbox.private, self.options.env
        )
        env |= self.seal.variables(env)
        phase = "synthesis" if words[0] == "ls" else "commands"
        with self.costs.of(phase), self.printer.command(words, *self._places(words, account_id, region)) as on_line:
            command = self.cli.run(words, account_id, env | more, on_line)
        self._logged.append(command)
        if self.processes.stopped:
            raise Failure("interrupted")
        return command

    def _places(self, words: list[str], account_id: str, region: str) -> tuple[list[Place], list[Place]]:
        """Where the stacks of a command are, and which of them are there already as the command wants them."""
        if words[0] not in ("deploy", "destroy"):
            return [], []
        selected = {stack.place(account_id, region): stack for stack in self._selection(words).stacks}
        there = {
            (stack.name, stack.account_id, stack.region): stack.body if good(stack, words[0]) else ""
            for stack in world.all_stacks()
            if not stack.is_deleted
        }
        if words[0] == "destroy":
            return list(selected), [place for place in selected if place not in there]
        return list(selected), [
            place for place, stack in selected.items() if there.get(place) == stack.template.read_text("utf-8")
        ]

    def _selection(self, words: list[str]) -> Selection:
        return Selection(apps.read_stacks(self.sandbox.assembly), words)

    def begin(self, organization: apps.Organization) -> Result:
        """Prepares the emulated AWS for one organization of the app."""
        root = organization.root
        account_id, region = caller.default()
        result = Result(organization, root.account or account_id, root.region or region)
        self.results.append(result)
        self.printer.title(organization.id, result.management_id, result.region)
        named = list(dict.fromkeys(account for account, *_ in organization.environments))
        if caller.is_a_guess(self.app_dir, result.management_id):
            self.printer.line("the app names no account: CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION choose another one")
        world.seed(result.management_id, organization.adopted(), named)
        self.cached.give_administration(result.management_id, organization.administrators)
        self.emulator.faults.let_time_pass()
        for line in self.cached.take({result.management_id, *named}):
            self.printer.line(line)
        return result

    def _rehearse(self, organization: apps.Organization, everything: list[str], to_destroy: str | None) -> None:
        result = self.begin(organization)
        self._check(result)
        try:
            self._commands(result, everything, to_destroy)
        except Stopped:
            result.emulated, result.recorded = world.count()
            if result.commands[-1].words[0] != "destroy":
                self._never_tried(result)

    def _check(self, result: Result) -> None:
        place = result.management_id, result.region
        result.check = checked.check(self.sandbox.assembly, result.organization.id, self.emulator, *place)
        checked.show(result.check, self.printer)

    def _never_tried(self, result: Result) -> None:
        """Stacks of commands that follow the one that failed."""
        stacks = {stack.path: stack for stack in self._current(result.organization).stacks}
        first, attempt = result.organization.first, result.attempt
        known = {failed.stack for failed in attempt.failed} | set(attempt.not_tried)
        reason = first.path if first is not None and first.path in known else result.commands[-1].text
        there = {(stack.name, stack.account_id, stack.region) for stack in world.all_stacks() if not stack.is_deleted}
        caller_is = result.management_id, result.region
        missing = {path for path, stack in stacks.items() if stack.place(*caller_is) not in there}
        attempt.not_tried |= {path: reason for path in stacks if path in missing - known}

    def _current(self, organization: apps.Organization) -> apps.Organization:
        """As the last assembly has it: accounts are known only then."""
        found = apps.organizations(apps.read_stacks(self.sandbox.assembly))
        return next(item for item in found if item.id == organization.id)

    def _commands(self, result: Result, everything: list[str], to_destroy: str | None) -> None:
        organization = result.organization
        if self.transition is None:
            self._step(result, ["bootstrap", f"aws://{result.management_id}/{result.region}"])
        if organization.first is not None:
            self._step(result, self._deploy(organization.first.path))
        self._bootstrap_members(result)
        self._bootstrap_named(result)
        if to_destroy is not None:
            regions = {result.region, "us-east-1", *(region for _, region, _ in result.organization.environments)}
            self.comparison.remember(result.management_id, sorted(regions))
        self._step(result, self._deploy(*everything))
        result.emulated, result.recorded = world.count()
        if self.options.twice:
            self._again(result, everything)
        if to_destroy is not None:
            self._destroy(result, to_destroy)

    def _context(self) -> list[str]:
        return [word for given in self.options.context for word in ("--context", given)]

    def _deploy(self, *patterns: str) -> list[str]:
        more = ["--concurrency", str(self.options.concurrency)] if self.options.concurrency > 1 else []
        parameters = [word for given in self.options.parameters for word in ("--parameters", given)]
        return ["deploy", *patterns, *more, *parameters, *self._context()]

    def _step(self, result: Result, words: list[str], account_id: str | None = None, anew: bool = False) -> None:
        caller_id = account_id or result.management_id

        def run(words: list[str], cdk: Callable[..., Command] = self._cdk, *more: bool) -> tuple[Command, Watch]:
            watch = Watch(self.app_dir, self.sandbox.assembly, caller_id, result.region)
            command = cdk(words, caller_id, result.region, *more)
            result.commands.append(command)
            return command, watch

        command, watch = run(words, self.cdk, anew)
        if command.code == 0:
            return
        selection = self._selection(words)
        if ended := self.trial.end_met(command.text):
            told = "\n".join(f"  {item.text}" for item in watch.failed(command, selection))
            self.printer.line(f"failed by {' and '.join(ended)}, which is over; the same command again:\n{told}")
            self._step(result, words, account_id, anew)
            return
        _, unchanged = self._places(words, caller_id, result.region)
        paths = [item.path for item in selection.stacks if item.place(caller_id, result.region) in unchanged]
        result.attempt.go_on(command, selection, watch, run, paths)
        raise Stopped

    def _bootstrap_members(self, result: Result) -> None:
        """Accounts that the organization bootstraps itself."""
        if result.organization.bootstraps:
            self._step(result, self._deploy(result.organization.join("bootstrap/*")))

    def _bootstrap_named(self, result: Result) -> None:
        """Accounts that existed before the organization, and that it does not bootstrap."""
        for account_id, region, parameter in result.organization.environments:
            if not world.is_bootstrapped(account_id, region, parameter):
                trust = (
                    []
                    if account_id == result.management_id
                    else [
                        "--trust",
                        result.management_id,
                        "--cloudformation-execution-policies",
                        "arn:aws:iam::aws:policy/AdministratorAccess",
                    ]
                )
                self._step(result, ["bootstrap", f"aws://{account_id}/{region}", *trust], account_id)

    def _again(self, result: Result, everything: list[str]) -> None:
        self.printer.line("the same commands again: nothing may change")
        before, versions = self.comparison.snapshot(), world.versions()
        first = result.organization.first
        if first is not None:
            self._step(result, self._deploy(first.path), anew=True)
        self._step(result, self._deploy(*everything), anew=first is None)
        touched = [stack_id for stack_id, version in world.versions().items() if versions.get(stack_id) != version]
        changed = self.comparison.changed_accounts(before, self.comparison.snapshot())
        result.changes_of_second_run = [f"stack {stack_id} was updated" for stack_id in touched] + [
            f"account {account_id}: {line}" for account_id, lines in changed.items() for line in lines
        ]

    def _destroy(self, result: Result, stage: str) -> None:
        current = self._current(result.organization)
        account_ids = list(dict.fromkeys(str(stack.account) for stack in current.stage(stage)))
        self.comparison.begin(account_ids)
        self._step(result, ["destroy", current.join(f"{stage}/*"), "--force", *self._context()])
        result.destroyed = self.comparison.destroyed(stage, account_ids)

    def _check_guard(self) -> None:
        # what failed is told with it
        if (reached := self._reached()) and not any(result.attempt.failed for result in self.results):
            raise Failure(reached)

    def _reached(self) -> str:
        hosts = ", ".join(sorted(set(self.guard.aws_hosts)))
        return hosts and f"the app tried to reach real AWS: {hosts}; the request was refused"

    def _ways_out(self) -> list[str]:
        """What the rehearsal can be told, where it failed for want of it."""
        if not any(result.attempt.failed for result in self.results):
            return []
        found = [_raised(name, value) for name, value in quotas.reached.items()]
        if any("Parameters are missing a value" in line for command in self._logged for line in command.output):
            found.append("rehearse with --parameters STACK:NAME=VALUE, as for 'cdk deploy'")
        return found

    def problems(self) -> list[str]:
        """What makes a rehearsal fail although every command succeeded."""
        found = [*self._ways_out(), *self.trial.problems()]
        found += [self._reached()] if self._reached() else []
        for result in self.results:
            for line in result.changes_of_second_run or []:
                found.append(f"the second run changed something: {line}")
            if result.destroyed:
                for account_id, lines in result.destroyed.changed.items():
                    found.append(
                        f"destroying '{result.destroyed.stage}' changed account {account_id}: {lines[0]}"
                        + (f" and {len(lines) - 1} more" if len(lines) > 1 else "")
                    )
                for account_id, left in result.destroyed.leftovers.items():
                    for line in left or []:
                        found.append(f"destroying '{result.destroyed.stage}' left in account {account_id}: {line}")
        return found
