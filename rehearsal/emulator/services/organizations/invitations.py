"""Invitations to an organization, which stay open: nobody here answers them.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_InviteAccountToOrganization.html
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListHandshakesForOrganization.html
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.core.exceptions import ServiceException
from moto.moto_api._internal import mock_random
from moto.organizations import urls
from moto.organizations.responses import OrganizationsResponse

from emulator.services.organizations.backend import backend_of

_DAYS = 15


class Duplicate(ServiceException):
    code = "DuplicateHandshakeException"
    message = "A handshake with the same action and target already exists."


class Invitations(OrganizationsResponse):
    def invite_account_to_organization(self) -> str:
        backend, target = backend_of(self.current_account), self._get_param("Target")
        backend.need_management()
        assert backend.org is not None
        if any(target in invitation["Parties"] for invitation in backend.invitations):
            raise Duplicate()
        number, now = f"h-{mock_random.get_random_hex(32)}", int(time.time())
        invitation: dict[str, Any] = {
            "Id": number,
            "Arn": f"arn:{self.partition}:organizations::{backend.account_id}:handshake/{backend.org.id}/invite/{number}",
            "Parties": [{"Id": backend.org.id, "Type": "ORGANIZATION"}, target],
            "State": "OPEN",
            "RequestedTimestamp": now,
            "ExpirationTimestamp": now + _DAYS * 86_400,
            "Action": "INVITE",
        }
        backend.invitations.append(invitation)
        return json.dumps({"Handshake": invitation})

    def list_handshakes_for_organization(self) -> str:
        backend = backend_of(self.current_account)
        backend.need_management()
        wanted = self._get_param("Filter", {}).get("ActionType", "INVITE")
        return json.dumps({"Handshakes": backend.invitations if wanted == "INVITE" else []})


urls.url_paths["{0}/$"] = Invitations.dispatch
