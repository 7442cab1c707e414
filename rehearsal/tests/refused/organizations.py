"""What Organizations refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template


def account(**properties: Any) -> Template:
    given = {"AccountName": "prod", "Email": "aws+prod@acme.example", **properties}
    owned = made("AWS::Organizations::Organization", FeatureSet="ALL")
    return template(O=owned, X={**made("AWS::Organizations::Account", **given), "DependsOn": "O"})


CASES: dict[str, Case] = {
    "account-email": Case(account(Email="aws prod@acme.example"), account()),
    "account-name-length": Case(account(AccountName="a" * 51), account(AccountName="a" * 50)),
    "account-role-alphabet": Case(account(RoleName="a/b"), account(RoleName="Acme_Admin")),
}
