"""The cloud assembly that commands are given: the app is synthesized when something that it depends on has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from rehearsal import app as apps
from rehearsal.cdk import Command
from rehearsal.failure import Failure
from rehearsal.lookups import Lookups, waits_for_an_account
from rehearsal.failures.origins import Origins
from rehearsal.failures.output import readable
from rehearsal.sandbox import Sandbox

# runs 'cdk' with these words for an account and a region, with more variables
Run = Callable[..., Command]


class Synthesis:
    def __init__(self, sandbox: Sandbox, run: Run, by_every_command: bool = False, context: Sequence[str] = ()) -> None:
        self.sandbox, self.run, self.by_every_command, self.context = sandbox, run, by_every_command, context
        self.times = 0
        self._caller: tuple[str, str] | None = None
        self._questions: list[dict[str, Any]] = []
        self._validated = False

    def begin(self, account_id: str, region: str) -> list[apps.StackArtifact]:
        """The first assembly, without lookups: of what they could find, only the caller's zones are there already."""
        if not self.by_every_command:
            self.sandbox.add_context(Lookups(account_id, region).own_zones())
        self._synthesize(account_id, region, lookups=self.by_every_command)
        return apps.read_stacks(self.sandbox.assembly)

    def prepare(self, account_id: str, region: str, anew: bool = False) -> None:
        """Makes the assembly what a command of this caller would make it now."""
        if self.by_every_command:
            return
        while self._answer(account_id, region) or anew or self._caller != (account_id, region) or self._is_unvalidated:
            self._synthesize(account_id, region, lookups=False)
            anew = False
        if not all(waits_for_an_account(question) for question in self._questions):
            # the CLI finds it, or has the stack that asks say why not
            self._synthesize(account_id, region, lookups=True)

    @property
    def _is_unvalidated(self) -> bool:
        """The CDK's own validation takes longer than the rest: it looks at the first assembly that lacks nothing."""
        return not self._questions and not self._validated

    def _answer(self, account_id: str, region: str) -> bool:
        if not self._questions:
            return False
        stacks = apps.read_stacks(self.sandbox.assembly)
        regions = {stack.region for stack in stacks if stack.region and stack.account == apps.PLACEHOLDER}
        new = Lookups(account_id, region).answers(self._questions, regions)
        if new:
            self.sandbox.add_context(new)
            self._questions = [question for question in self._questions if question["key"] not in new]
        return bool(new)

    def _synthesize(self, account_id: str, region: str, lookups: bool) -> None:
        validate = not self._validated and (lookups or self.times > 0 and not self._questions)
        self.sandbox.use_app()
        command = self._make(account_id, region, lookups, validate)
        manifest = self.sandbox.assembly / "manifest.json"
        content = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
        questions = content.pop("missing", [])
        # without lookups, the CLI fails when it would have to look something up
        if not content or command.code != 0 and (lookups or not questions):
            said = [*readable(command.output), *Origins(self.sandbox.app_dir).lines(command.output)]
            raise Failure("the app does not synthesize:\n" + "\n".join(f"  {line}" for line in said))
        self.times += 1
        self._caller, self._questions = (account_id, region), questions
        self._validated |= validate and (lookups or not questions)
        if not self.by_every_command:
            # each command would look up again what is not there yet
            manifest.write_text(json.dumps(content, indent=2), "utf-8")
            self.sandbox.use_assembly()

    def _make(self, account_id: str, region: str, lookups: bool, validate: bool) -> Command:
        (self.sandbox.assembly / "manifest.json").unlink(missing_ok=True)
        words = ["ls"] if lookups else ["ls", "--no-lookups"]
        return self.run([*words, *self.context], account_id, region, **{} if validate else {"CDK_VALIDATION": "false"})
