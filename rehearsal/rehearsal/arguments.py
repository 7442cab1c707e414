"""The arguments of a command, and how it ends if they are wrong: as those in Node.js do."""

from __future__ import annotations

import argparse
import os
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # other than argparse's 2, which is what a check has found
        self.exit(os.EX_USAGE, f"cdk-multi-account-org: {message}: see {self.prog} --help\n")
