"""The end of a rehearsal: what exists now, as text for a person and as data for tests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from emulator.engine import functions
from emulator.engine.allowed import undecided
from rehearsal import world
from rehearsal.failures import told
from rehearsal.report import Printer

if TYPE_CHECKING:
    from rehearsal.play import Play, Result


def data(play: Play) -> dict[str, Any]:
    own = [_accounts_of(result) for result in play.results]
    others = [set().union(*own) - mine for mine in own]
    failed = [item for result in play.results for item in result.attempt.failed]
    recorded = play.results[-1].recorded if play.results else []
    return {
        "organizations": [_result(result, theirs) for result, theirs in zip(play.results, others)],
        # of the stacks that --from has deployed
        "changes": (changes := play.changes()) and [stack.data() for stack in changes],
        "emulated": max((result.emulated for result in play.results), default=0),
        "recorded": dict(sorted(Counter(resource.place.type for resource in recorded).items())),
        # of those: what moto failed with
        "recordedBecause": {item.place.type: item.because for item in recorded if item.because},
        "notEmulatedCalls": sorted(set(play.emulator.application.unknown)),
        "notRun": dict(sorted(functions.not_run.items())),
        "functionsFailed": dict(sorted(functions.failed.items())),
        "rightsNotDecided": sorted(undecided),
        "sealed": play.seal.sentence,
        "notPassedOn": play.left_out,
        "refused": sorted(set(play.guard.refused)),
        "syntheses": play.synthesis.times,
        "costs": play.costs.data(),
        "faults": [{"fault": one.name, "outcome": one.outcome} for one in play.trial.tried],
        "failures": [item.data() for item in failed],
        "notTried": {path: reason for result in play.results for path, reason in result.attempt.not_tried.items()},
        "doneAfterFailure": [path for result in play.results for path in result.attempt.done_after],
        "problems": [*(item.text for item in failed), *play.problems()],
    }


def _accounts_of(result: Result) -> set[str]:
    named = {account_id for account_id, *_ in result.organization.environments}
    return {result.management_id, *named, *world.members(result.management_id)}


def _result(result: Result, others: set[str]) -> dict[str, Any]:
    destroyed = result.destroyed
    return {
        "id": result.organization.id,
        "managementAccountId": result.management_id,
        "region": result.region,
        "tree": world.tree(result.management_id),
        "accounts": [
            {
                "id": view.id,
                "name": view.name,
                "email": view.email,
                "status": view.status,
                "stacks": [
                    {
                        "name": stack.name,
                        "region": stack.region,
                        "status": stack.status,
                        "resources": len(stack.resources),
                    }
                    for stack in view.stacks
                ],
            }
            for view in world.accounts(result.management_id)
            if view.id not in others
        ],
        "check": result.check and [row.data() for row in result.check],
        "commands": [
            {
                "command": command.text,
                "seconds": round(command.seconds, 1),
                "exitCode": command.code,
                "afterFailure": "--exclusively" in command.words,
            }
            for command in result.commands
        ],
        "secondRunChanged": result.changes_of_second_run,
        "destroyed": destroyed
        and {
            "stage": destroyed.stage,
            "accountIds": destroyed.account_ids,
            "changedAccounts": destroyed.changed,
            "stacksLeft": destroyed.stacks_left,
            "resourcesLeft": destroyed.resources_left,
            "delegationsTakenBack": destroyed.delegations,
            "leftovers": destroyed.leftovers,
        },
    }


def show(summary: dict[str, Any], printer: Printer) -> None:
    for organization in summary["organizations"]:
        printer.line()
        _show_tree(organization, printer)
        _show_accounts(organization, printer)
        _show_commands(organization, printer)
        _show_second_run(organization, printer)
        _show_destroyed(organization["destroyed"], printer)
    _show_changes(summary["changes"], printer)
    printer.line()
    printer.line(f"{_count(summary['emulated'], 'resource')} emulated")
    show_recorded(summary["recorded"], summary["recordedBecause"], printer)
    for call in summary["notEmulatedCalls"]:
        printer.line(f"not emulated, and failed: {call}")
    for name, reason in summary["notRun"].items():
        printer.line(f"not run: {name}: {reason}; answered by schema")
    for name, reason in summary["functionsFailed"].items():
        printer.line(f"function failed, and nobody waited for it: {name}: {reason}")
    for call in summary["rightsNotDecided"]:
        printer.line(f"rights not decided, and let through: {call}")
    for host in summary["refused"]:
        printer.line(f"refused: a request to {host}")
    for tried in summary["faults"]:
        printer.line(f"fault {tried['fault']}: {tried['outcome']}")
    _show_costs(summary, printer)
    told.show(summary, printer)
    # those that come first are the failures
    for problem in summary["problems"][len(summary["failures"]) :]:
        printer.line(printer.red(f"problem: {problem}"))


def show_recorded(recorded: dict[str, int], because: dict[str, str], printer: Printer) -> None:
    if not recorded:
        printer.line("none only recorded")
    unknown = {name: count for name, count in recorded.items() if name not in because}
    if unknown:
        count = _count(sum(unknown.values()), "resource")
        printer.line(f"{count} only recorded, because nobody emulates the type:")
        for name, number in unknown.items():
            printer.line(f"  {number:3}  {name}")
    for name, reason in because.items():
        count = _count(recorded[name], "resource")
        printer.line(f"{count} of {name} only recorded: moto could not create it: {reason}")


def _show_costs(summary: dict[str, Any], printer: Printer) -> None:
    costs = summary["costs"]
    seconds, cpu = costs["seconds"], sum(costs["cpuSeconds"].values())
    printer.line(
        f"{seconds['total']:.1f} s: start {seconds['startUp']:.1f}, synthesis {seconds['synthesis']:.1f}, "
        f"commands {seconds['commands']:.1f}, comparison {seconds['comparison']:.1f}; {cpu:.1f} s of CPU, "
        f"{max(costs['peakMebibytes'].values())} MiB"
    )


def _verb(left: list[str]) -> str:
    return " is left" if len(left) == 1 else " are left"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show_tree(organization: dict[str, Any], printer: Printer) -> None:
    tree = organization["tree"]
    if tree is None:
        printer.line(printer.bold("no organization") + f", account {organization['managementAccountId']} acts as root")
        return
    printer.line(printer.bold(f"organization {tree['id']}") + f", management account {tree['management']}")
    _show_node(tree["root"], "", printer)


def _show_node(node: dict[str, Any], indent: str, printer: Printer) -> None:
    printer.line(f"{indent}{node['name']} ({node['id']})")
    width = max((len(account["name"]) for account in node["accounts"]), default=0)
    for account in node["accounts"]:
        status = "" if account["status"] == "ACTIVE" else f"  {account['status']}"
        printer.line(f"{indent}  {account['name']:{width}}  {account['id']}  {account['email']}{status}")
    for unit in node["units"]:
        _show_node(unit, indent + "  ", printer)


def _show_accounts(organization: dict[str, Any], printer: Printer) -> None:
    printer.line()
    printer.line(printer.bold("stacks"))
    for account in organization["accounts"]:
        printer.line(f"  {account['id']} {account['name']}".rstrip())
        width = max((len(stack["name"]) for stack in account["stacks"]), default=0)
        for stack in account["stacks"]:
            resources = _count(stack["resources"], "resource")
            printer.line(f"    {stack['name']:{width}}  {stack['region']}  {stack['status']}  {resources}")


def _show_commands(organization: dict[str, Any], printer: Printer) -> None:
    printer.line()
    printer.line(printer.bold("commands"))
    for command in organization["commands"]:
        text = command["command"]
        if command["afterFailure"]:
            text = " ".join(text.split()[:2]) + " --exclusively …, going on after a failure"
        printer.line(f"  {command['seconds']:6.1f} s  {text}")


def _show_second_run(organization: dict[str, Any], printer: Printer) -> None:
    changed = organization["secondRunChanged"]
    if changed is not None:
        printer.line()
        printer.line("second run: " + (_count(len(changed), "change") if changed else "nothing changed"))


def _show_changes(stacks: list[dict[str, Any]] | None, printer: Printer) -> None:
    if stacks is None:
        return
    printer.line()
    printer.line(printer.bold("what became of what was deployed before"))
    touched = [stack for stack in stacks if stack["outcome"] != "untouched"]
    width = max((len(stack["name"]) for stack in touched), default=0)
    for stack in touched:
        printer.line(f"  {stack['account']}  {stack['region']}  {stack['name']:{width}}  {stack['outcome']}")
        for kind in ("created", "replaced", "moved", "deleted", "retained"):
            for line in stack[kind]:
                printer.line(f"    {kind}: {line}")
    printer.line(f"  {_count(len(stacks) - len(touched), 'stack')} untouched")


def _show_destroyed(destroyed: dict[str, Any] | None, printer: Printer) -> None:
    if destroyed is None:
        return
    printer.line()
    printer.line(
        printer.bold(f"destroyed stage '{destroyed['stage']}'") + f", account {', '.join(destroyed['accountIds'])}"
    )
    changed = destroyed["changedAccounts"]
    printer.line("  every other account: " + ("untouched" if not changed else f"{len(changed)} changed"))
    for account_id, lines in changed.items():
        for line in lines[:10]:
            printer.line(f"    {account_id}: {line}")
    for name in destroyed["delegationsTakenBack"]:
        printer.line(f"  delegation taken back: {name}")
    printer.line(f"  stacks left: {', '.join(destroyed['stacksLeft']) or 'none'}")
    for resource in destroyed["resourcesLeft"]:
        printer.line(f"  left: {resource}")
    for account_id, left in destroyed["leftovers"].items():
        if left is None:
            printer.line(f"  {account_id}: other stacks are in it, so that nobody can say what is left")
            continue
        printer.line(
            f"  {account_id}: " + (_count(len(left), "difference") + _verb(left) if left else "nothing else is left")
        )
        for line in left[:20]:
            printer.line(f"    {line}")
