"""Regions of an account: which are on, and switching one on.

https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
https://docs.aws.amazon.com/accounts/latest/reference/API_EnableRegion.html
"""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from moto.account import urls
from moto.account.models import account_backends
from moto.account.responses import AccountResponse
from moto.core.responses import ActionResult, EmptyResult

from emulator.engine.regions import OPT_IN

_PAGE = 20


class Regions(AccountResponse):
    def list_regions(self) -> ActionResult:
        wanted = self._get_param("RegionOptStatusContains")
        found = [
            {"RegionName": name, "RegionOptStatus": status}
            for name, status in self._statuses().items()
            if not wanted or status in wanted
        ]
        start = int(self._get_param("NextToken") or 0)
        end = start + int(self._get_param("MaxResults") or _PAGE)
        more = {"NextToken": str(end)} if end < len(found) else {}
        return ActionResult({"Regions": found[start:end], **more})

    def enable_region(self) -> EmptyResult:
        """At once, where AWS takes minutes to hours."""
        self._enabled().add(self._get_param("RegionName"))
        return EmptyResult()

    def _statuses(self) -> dict[str, str]:
        enabled = self._enabled()
        return {
            name: "ENABLED_BY_DEFAULT" if name not in OPT_IN else "ENABLED" if name in enabled else "DISABLED"
            for name in _names(self.partition)
        }

    def _enabled(self) -> set[str]:
        backend: Any = account_backends[self._get_account_id()][self.partition]
        # moto begins anew by making its back ends anew
        found: set[str] = vars(backend).setdefault("enabled_regions", set())
        return found


@cache
def _names(partition: str) -> list[str]:
    return botocore.session.get_session().get_available_regions("ec2", partition)


urls.url_paths.update({f"{{0}}/{name}$": Regions.dispatch for name in ("listRegions", "enableRegion")})
