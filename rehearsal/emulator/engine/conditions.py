"""The condition block of a statement, as IAM evaluates it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

# nothing is what a request is known to lack
Context = Mapping[str, "str | list[str] | None"]

_ARN_PARTS = 6


class NotUnderstood(Exception):
    """What a policy says and this emulator cannot decide: told by name, never taken for false."""


def hold(
    block: Mapping[str, Mapping[str, Any]], context: Context, variables: bool = True, complete: bool = False
) -> bool:
    """Whether all conditions hold. `variables` is whether the policy's version has any.

    A key that the context does not have is one that the request lacks, or, if the context is to be complete, one that
    nobody here knows of.
    """
    if not block:
        return True
    known = {key.lower(): value for key, value in context.items()}
    # of a kind that is told whole, such as the tags of a request, none is unknown
    unknown = [
        key
        for keys in block.values()
        for key in keys
        if complete and key.lower() not in known and f"{key.lower().partition('/')[0]}/" not in known
    ]
    if unknown:
        raise NotUnderstood(f"condition key '{unknown[0]}'")
    return all(
        _holds(operator, known.get(key.lower()), as_texts(expected), known if variables else None)
        for operator, keys in block.items()
        for key, expected in keys.items()
    )


def as_texts(value: Any) -> list[str]:
    """What JSON has as one value or several, in the spelling of a request."""
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _holds(operator: str, actual: str | list[str] | None, expected: list[str], known: Context | None) -> bool:
    quantifier, _, name = operator.lower().rpartition(":")
    if name == "null":
        return (actual is None) == (expected[0].lower() == "true")
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = "not" in name
    compare = _OPERATORS.get(name.replace("not", "", 1) if negated else name)
    if compare is None or quantifier not in ("", "foranyvalue", "forallvalues"):
        raise NotUnderstood(f"condition operator '{operator}'")
    if actual is None and if_exists and quantifier == "foranyvalue":
        raise NotUnderstood(f"condition operator '{operator}' on a key that a request lacks")
    if actual is None:
        return if_exists or quantifier == "forallvalues" or negated and not quantifier

    if isinstance(actual, list) and not quantifier:
        raise NotUnderstood(f"condition operator '{operator}' on a key of several values")

    def passes(value: str) -> bool:
        return any(compare(value, item, known) for item in expected) != negated

    values = [actual] if isinstance(actual, str) else actual
    return all(map(passes, values)) if quantifier != "foranyvalue" else any(map(passes, values))


_Comparison = Callable[[str, str, "Context | None"], bool]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def pattern(text: str, known: Context | None, wildcards: bool = True) -> re.Pattern[str] | None:
    """What a text with variables stands for; nothing if one of them has no value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if known is None or "${" not in text:
        return _plain(text, wildcards)
    result, end = "", 0
    for found in _VARIABLE.finditer(text):
        value = _value(found.group(1), known)
        if value is None:
            return None
        result += _literal(text[end : found.start()], wildcards) + re.escape(value)
        end = found.end()
    return re.compile(result + _literal(text[end:], wildcards), re.DOTALL)


@lru_cache(4096)
def _plain(text: str, wildcards: bool) -> re.Pattern[str]:
    return re.compile(_literal(text, wildcards), re.DOTALL)


def _value(variable: str, known: Context) -> str | None:
    if variable in ("*", "?", "$"):
        return variable
    key, _, default = variable.partition(",")
    value = known.get(key.strip().lower())
    if isinstance(value, str) and value:
        return value
    quoted = re.fullmatch(r"\s*'(.*)'\s*", default)
    return quoted.group(1) if quoted and quoted.group(1) else None


def _literal(text: str, wildcards: bool) -> str:
    escaped = re.escape(text)
    return escaped.replace(r"\*", ".*").replace(r"\?", ".") if wildcards else escaped


def matches(text: str, value: str, known: Context | None, wildcards: bool = True) -> bool:
    compiled = pattern(text, known, wildcards)
    return compiled is not None and compiled.fullmatch(value) is not None


def matches_arn(text: str, value: str, known: Context | None) -> bool:
    """Each of the six parts by itself: a wildcard does not reach over a colon, but in the last."""
    texts, values = text.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    return (
        len(texts) == len(values) == _ARN_PARTS
        and texts[0] == values[0] == "arn"
        and all(matches(part, actual, known) for part, actual in zip(texts[1:], values[1:]))
    )


def _equals(value: str, expected: str, known: Context | None) -> bool:
    return matches(expected, value, known, wildcards=False)


def _equals_ignoring_case(value: str, expected: str, known: Context | None) -> bool:
    compiled = pattern(expected, known, wildcards=False)
    return compiled is not None and re.fullmatch(compiled.pattern, value, re.IGNORECASE | re.DOTALL) is not None


def _like(value: str, expected: str, known: Context | None) -> bool:
    return matches(expected, value, known)


def _arn(value: str, expected: str, known: Context | None) -> bool:
    return matches_arn(expected, value, known)


def _same(value: str, expected: str, _: Context | None) -> bool:
    return value == expected


def _bool(value: str, expected: str, _: Context | None) -> bool:
    return value.lower() == expected.lower()


def _in_range(value: str, expected: str, _: Context | None) -> bool:
    network = _read(lambda text: ipaddress.ip_network(text, strict=False), expected)
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.version == network.version and address in network


def _by_order(read: Callable[[str], float], accepts: Callable[[float, float], bool]) -> _Comparison:
    def compare(value: str, expected: str, _: Context | None) -> bool:
        limit = _read(read, expected)
        try:
            return accepts(read(value), limit)
        except ValueError:
            return False

    return compare


def _read(read: Callable[[str], Any], expected: str) -> Any:
    """What a policy says, of which nobody can say what it allows if it is no such value."""
    try:
        return read(expected)
    except ValueError:
        raise NotUnderstood(f"condition value '{expected}'") from None


def _moment(text: str) -> float:
    """ISO 8601, or seconds since 1970."""
    if re.fullmatch(r"\d+(\.\d+)?", text) and len(text) > len("2026"):
        return float(text)
    moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text if len(text) > len("2026") else f"{text}-01-01"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda value, expected: value == expected,
    "lessthan": lambda value, expected: value < expected,
    "lessthanequals": lambda value, expected: value <= expected,
    "greaterthan": lambda value, expected: value > expected,
    "greaterthanequals": lambda value, expected: value >= expected,
}

_OPERATORS: dict[str, _Comparison] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringlike": _like,
    "arnequals": _arn,
    "arnlike": _arn,
    "bool": _bool,
    "binaryequals": _same,
    "ipaddress": _in_range,
    **{f"numeric{name}": _by_order(float, accepts) for name, accepts in _ORDERS.items()},
    **{f"date{name}": _by_order(_moment, accepts) for name, accepts in _ORDERS.items()},
}
