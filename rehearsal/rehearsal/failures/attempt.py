"""What is still done after a command has failed: all that does not depend on what failed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from rehearsal.cdk import Command
from rehearsal.failures.failed import Failed, Watch
from rehearsal.selection import Selection


@dataclass
class Attempt:
    failed: list[Failed] = field(default_factory=list)
    # paths of stacks that were done although another one had failed
    done_after: list[str] = field(default_factory=list)
    # path -> the stack that it waits for, or the command that ended before it
    not_tried: dict[str, str] = field(default_factory=dict)

    def go_on(
        self,
        command: Command,
        selection: Selection,
        watch: Watch,
        run: Callable[[list[str]], tuple[Command, Watch]],
        unchanged: Collection[str] = (),
    ) -> None:
        """The CLI itself skips all other stacks as soon as one has failed."""
        done, todo = watch.done(selection) | set(unchanged), [stack.path for stack in selection.stacks]
        while command.code != 0:
            asked, new = set(todo), watch.failed(command, selection)
            self.failed += new
            failed = [item.stack for item in self.failed if item.stack]
            rest = [stack.path for stack in selection.stacks if stack.path not in done and stack.path not in failed]
            self.not_tried = {
                path: reason
                for path in rest
                if (reason := next((item for item in failed if item in selection.waiting_for(path)), None))
            }
            todo = [path for path in rest if path not in self.not_tried]
            if not todo:
                return
            if not any(item.stack in asked for item in new):
                # nobody says which stack failed
                self.not_tried |= dict.fromkeys(todo, command.text)
                return
            command, watch = run(selection.only(todo))
            # in the order of the app
            new_done = watch.done(selection)
            self.done_after += [path for path in todo if path in new_done]
            done |= new_done
