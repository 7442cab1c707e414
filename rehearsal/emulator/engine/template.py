"""Reading a CloudFormation template: its parameters, conditions and intrinsic functions."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import yaml
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from emulator.engine import limits, quotas, transforms
from emulator.engine.errors import ValidationError

NO_VALUE = object()
_SUB = re.compile(r"\$\{([^!{}][^{}]*)\}")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Short tags become their long form; dates stay text, as a policy's version has to."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


def parse(body: str, given: dict[str, str] | None = None) -> dict[str, Any]:
    """Shared by all who have the same text: nobody may change it. A transform sees the parameters."""
    return _parse(body, tuple((given or {}).items()) if "Transform" in body else ())


@lru_cache(16)
def _parse(body: str, given: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    try:
        template = json.loads(body)
    except ValueError:
        try:
            template = yaml.load(body, Loader=_Loader)
        except yaml.YAMLError as error:
            raise ValidationError(f"Template format error: {error}") from error
    if not isinstance(template, dict):
        raise ValidationError("Template format error: unsupported structure.")
    if not template.get("Resources"):
        raise ValidationError("Template format error: At least one Resources member must be defined.")
    template = transforms.apply(template, dict(given))
    limits.check_template(template, body)
    return template


def references(node: Any) -> Iterator[str]:
    """The names that a piece of a template refers to, by any intrinsic function."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield (value.split(".") if isinstance(value, str) else value)[0]
            elif key == "Fn::Sub":
                text, own = (value, {}) if isinstance(value, str) else value
                yield from (name.split(".")[0] for name in _SUB.findall(text) if name not in own)
                yield from references(own)
            else:
                yield from references(value)


def conditions(declared: Any) -> Iterator[str]:
    """The conditions that a resource or an output names, its own and in Fn::If."""
    if isinstance(declared, dict) and isinstance(declared.get("Condition"), str):
        yield declared["Condition"]
    yield from _ifs(declared)


def _ifs(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _ifs(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::If" and isinstance(value, list) and value and isinstance(value[0], str):
                yield value[0]
            yield from _ifs(value)


class Scope:
    """What a template's expressions can see: parameters, pseudo parameters, resources."""

    def __init__(
        self,
        template: dict[str, Any],
        pseudo: dict[str, Any],
        parameters: dict[str, Any],
        attribute: Callable[[str, str | None], Any],
        import_value: Callable[[str], Any],
        output_of: Callable[[dict[str, Any]], Any],
    ) -> None:
        self.template = template
        self.names = {**pseudo, **parameters, "AWS::NoValue": NO_VALUE}
        # of those that somebody has asked for
        self.conditions: dict[str, bool] = {}
        self.attribute = attribute
        self.import_value = import_value
        self.output_of = output_of

    def resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, argument),) = node.items()
            if (
                key == "Ref"
                or key == "Condition"
                and isinstance(argument, str)
                and argument in self.template.get("Conditions", {})
            ):
                return self.ref(argument) if key == "Ref" else self.condition(argument)
            if key.startswith("Fn::") and key != "Fn::Transform":
                return self.call(key[4:], argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def ref(self, name: str) -> Any:
        return self.names[name] if name in self.names else self.attribute(name, None)

    def call(self, function: str, argument: Any) -> Any:
        implementation = getattr(self, f"_{re.sub('(?<!^)(?=[A-Z])', '_', function).lower()}", None)
        if function == "GetAZs":
            implementation = self._azs
        if implementation is None:
            raise ValidationError(f"Template error: Fn::{function} is not emulated")
        return implementation(argument)

    def _get_att(self, argument: Any) -> Any:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self.attribute(name, self.resolve(attribute))

    def _join(self, argument: Any) -> str:
        separator, values = argument
        return separator.join(str(value) for value in self.resolve(values))

    def _split(self, argument: Any) -> list[str]:
        return self.resolve(argument[1]).split(argument[0])

    def _select(self, argument: Any) -> Any:
        index, values = int(self.resolve(argument[0])), self.resolve(argument[1])
        if index >= len(values):
            raise ValidationError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
        return values[index]

    def _if(self, argument: Any) -> Any:
        return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])

    def _find_in_map(self, argument: Any) -> Any:
        mapping, first, second = (self.resolve(part) for part in argument[:3])
        try:
            return self.template["Mappings"][mapping][first][second]
        except KeyError:
            if len(argument) > 3:
                return self.resolve(argument[3]["DefaultValue"])
            raise ValidationError(f"Template error: Unable to get mapping for {mapping}::{first}::{second}") from None

    def _sub(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def value_of(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in given:
                return str(self.resolve(given[name]))
            return str(self._get_att(name) if "." in name else self.ref(name))

        return _SUB.sub(value_of, text).replace("${!", "${")

    def _import_value(self, argument: Any) -> Any:
        return self.import_value(self.resolve(argument))

    def _get_stack_output(self, argument: Any) -> Any:
        return self.output_of(self.resolve(argument))

    def _base64(self, argument: Any) -> str:
        return base64.b64encode(str(self.resolve(argument)).encode()).decode()

    def _to_json_string(self, argument: Any) -> str:
        return json.dumps(self.resolve(argument), separators=(",", ":"))

    def _length(self, argument: Any) -> int:
        return len(self.resolve(argument))

    def _azs(self, argument: Any) -> list[str]:
        region = self.resolve(argument) or self.names["AWS::Region"]
        return [zone.name for zone in RegionsAndZonesBackend.zones.get(region, [])]

    def _cidr(self, argument: Any) -> list[str]:
        block, count, *bits = (self.resolve(part) for part in argument)
        network = ipaddress.ip_network(block)
        prefix = network.max_prefixlen - int(bits[0] if bits else 8)
        subnets = network.subnets(new_prefix=prefix)
        return [str(next(subnets)) for _ in range(int(count))]

    def _named_condition(self, name: str) -> bool:
        """What it refers to comes first, without recursion: a chain may be longer than Python's stack."""
        declared: dict[str, Any] = self.template.get("Conditions", {})
        begun: set[str] = set()
        waiting = [] if name in self.conditions else [name]
        while waiting:
            current = waiting[-1]
            if current not in declared:
                raise ValidationError(f"Template error: unresolved condition dependency {current}")
            missing = [need for need in _conditions(declared[current]) if need not in self.conditions]
            begun.add(current)
            if begun & set(missing):
                raise ValidationError(f"Circular dependency between conditions: [{', '.join(sorted(begun))}]")
            waiting += missing
            if not missing:
                self.conditions[waiting.pop()] = self.condition(declared[current])
                begun.discard(current)
        return self.conditions[name]

    def condition(self, expression: Any) -> bool:
        if isinstance(expression, str):
            return self._named_condition(expression)
        ((key, argument),) = expression.items()
        if key == "Condition":
            return self.condition(argument)
        if key == "Fn::Equals":
            left, right = (self.resolve(side) for side in argument)
            return _text(left) == _text(right)
        if key == "Fn::Not":
            return not self.condition(argument[0])
        if key in ("Fn::And", "Fn::Or"):
            return (all if key == "Fn::And" else any)(self.condition(part) for part in argument)
        if key == "Fn::Contains":
            return self.resolve(argument[1]) in self.resolve(argument[0])
        if key == "Fn::EachMemberIn":
            members, known = (self.resolve(side) for side in argument)
            return all(member in known for member in members)
        if key == "Fn::EachMemberEquals":
            members, value = (self.resolve(side) for side in argument)
            return all(_text(member) == _text(value) for member in members)
        raise ValidationError(f"Template error: condition function {key} is not emulated")


def _conditions(node: Any) -> Iterator[str]:
    """The conditions that an expression of a condition refers to."""
    if isinstance(node, list):
        for item in node:
            yield from _conditions(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Condition" and isinstance(value, str):
                yield value
            else:
                yield from _conditions(value)


def _text(value: Any) -> str:
    """CloudFormation compares text: true and "true" are the same."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def parameter_values(
    template: dict[str, Any], given: dict[str, str], ssm: Callable[[str], str | None]
) -> dict[str, Any]:
    declared = template.get("Parameters", {})
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise ValidationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, declaration in declared.items() if name not in given and "Default" not in declaration]
    if missing:
        raise ValidationError(f"Parameters: [{', '.join(missing)}] must have values")
    values: dict[str, Any] = {}
    for name, declaration in declared.items():
        value = given.get(name, declaration.get("Default"))
        _check_parameter(name, _text(value), declaration)
        kind = declaration.get("Type", "String")
        if kind.startswith("AWS::SSM::Parameter::Value"):
            stored = ssm(str(value))
            if stored is None:
                raise ValidationError(f"Unable to fetch parameters [{value}] from parameter store for this account.")
            value = stored.split(",") if "List" in kind else stored
        elif kind == "CommaDelimitedList" or kind.startswith("List<"):
            value = [item.strip() for item in str(value).split(",")] if value != "" else []
        else:
            value = _text(value)
        values[name] = value
    return values


def _check_parameter(name: str, value: str, declaration: dict[str, Any]) -> None:
    kind, described = declaration.get("Type", "String"), declaration.get("ConstraintDescription")
    if len(value.encode()) > quotas.PARAMETER_BYTES:
        raise ValidationError(
            f"1 validation error detected: Value '{value[:40]}…' at 'parameters.{name}.parameterValue' failed to "
            f"satisfy constraint: Member must have length less than or equal to {quotas.PARAMETER_BYTES}"
        )
    is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
    for item in value.split(",") if is_list and value else [value]:
        problem = next(_constraints(item.strip() if is_list else item, kind, declaration), None)
        if problem:
            raise ValidationError(f"Parameter {name} {described}" if described else f"Parameter '{name}' {problem}")


def _constraints(value: str, kind: str, declaration: dict[str, Any]) -> Iterator[str]:
    allowed, pattern = declaration.get("AllowedValues"), declaration.get("AllowedPattern")
    if allowed and value not in map(_text, allowed):
        yield "must be one of AllowedValues"
    if pattern and not re.fullmatch(pattern, value):
        yield f"must match pattern {pattern}"
    if "Number" in kind:
        yield from _number(value, declaration)
    elif kind == "String":
        if len(value) < int(declaration.get("MinLength", 0)):
            yield f"must contain at least {declaration['MinLength']} characters"
        if "MaxLength" in declaration and len(value) > int(declaration["MaxLength"]):
            yield f"must contain at most {declaration['MaxLength']} characters"


def _number(value: str, declaration: dict[str, Any]) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "must be a number"
        return
    if "MinValue" in declaration and number < float(declaration["MinValue"]):
        yield f"must be a number not less than {declaration['MinValue']}"
    if "MaxValue" in declaration and number > float(declaration["MaxValue"]):
        yield f"must be a number not greater than {declaration['MaxValue']}"
