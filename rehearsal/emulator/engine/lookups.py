"""What moto does for every request or account, done once. To be imported is enough."""

from __future__ import annotations

from functools import cache

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend

# moto remembers them for each account
_regions = cache(AccountSpecificBackend._generate_regions.__wrapped__)

responses.method_names_from_class = cache(responses.method_names_from_class)
AccountSpecificBackend._generate_regions = lambda self, service: _regions(type(self), service)  # type: ignore[method-assign]
