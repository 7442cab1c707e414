"""What Secrets Manager refuses, and neighbours that it accepts."""

from __future__ import annotations

from refused.case import Case, taken, turned

CASES: dict[str, Case] = {
    "name-of-a-secret": taken("AWS::SecretsManager::Secret", Name="taken", SecretString="v"),
    "secret-name": turned("AWS::SecretsManager::Secret", {"Name": "a b"}, {"Name": "a/b_+=.@-"}, SecretString="v"),
    "secret-given-and-made": turned(
        "AWS::SecretsManager::Secret", {"SecretString": "v", "GenerateSecretString": {}}, {"GenerateSecretString": {}}
    ),
    "secret-length": turned(
        "AWS::SecretsManager::Secret",
        {"GenerateSecretString": {"PasswordLength": 5000}},
        {"GenerateSecretString": {"PasswordLength": 4096}},
    ),
}
