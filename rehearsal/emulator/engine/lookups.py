"""What moto does for every request, account or key, done once or when it is needed. To be imported is enough."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.kms import models, utils

# moto remembers them for each account
_regions = cache(AccountSpecificBackend._generate_regions.__wrapped__)

responses.method_names_from_class = cache(responses.method_names_from_class)
AccountSpecificBackend._generate_regions = lambda self, service: _regions(type(self), service)  # type: ignore[method-assign]


class _LateKey:
    """moto makes a pair of keys for each key of KMS, also for one that cannot sign."""

    @cached_property
    def _pair(self) -> Any:
        return utils.RSAPrivateKey(2048)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pair, name)


def _private_key(key_spec: str) -> Any:
    return utils.generate_private_key(key_spec) if key_spec.startswith(("RSA", "ECC")) else _LateKey()


models.generate_private_key = _private_key  # type: ignore[assignment]
