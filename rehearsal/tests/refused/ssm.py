"""What Systems Manager refuses, and neighbours that it accepts."""

from __future__ import annotations

from refused.case import Case, parameter, taken, turned

CASES: dict[str, Case] = {
    "parameter-size": Case(parameter("x" * 4097), parameter("x" * 4097, Tier="Advanced")),
    "parameter-pattern": Case(parameter("b", AllowedPattern="^a$"), parameter("a", AllowedPattern="^a$")),
    "name-of-a-parameter": taken("AWS::SSM::Parameter", Name="/taken", Type="String", Value="v"),
    "parameter-name-of-aws": Case(parameter("v", Name="/aws/acme"), parameter("v", Name="/acme/aws")),
    "parameter-name-of-ssm": Case(parameter("v", Name="ssm-acme"), parameter("v", Name="acme-ssm")),
    "parameter-path-without-slash": Case(parameter("v", Name="acme/p"), parameter("v", Name="/acme/p")),
    "parameter-path-depth": Case(parameter("v", Name="/a" * 16), parameter("v", Name="/a" * 15)),
    "parameter-that-is-secure": turned("AWS::SSM::Parameter", {"Type": "SecureString"}, {"Type": "String"}, Value="v"),
    "parameter-name-alphabet": Case(parameter("v", Name="/acme/a b"), parameter("v", Name="/acme/a.b-c_d")),
}
