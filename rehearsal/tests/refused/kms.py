"""What KMS refuses, and neighbours that it accepts."""

from __future__ import annotations

from refused.case import LAMBDA_ROLE, ROOT_KEY, Case, key, made, template, turned

CASES: dict[str, Case] = {
    "key-of-unknown-role": Case(
        template(K=key(ROOT_KEY, {**ROOT_KEY, "Principal": {"AWS": "arn:aws:iam::222222222222:role/nope"}})),
        template(K=key(ROOT_KEY, {**ROOT_KEY, "Principal": {"AWS": "arn:aws:iam::222222222222:role/there"}})),
        beside=template(R=LAMBDA_ROLE),
    ),
    "key-that-locks-out": Case(
        template(K=key({**ROOT_KEY, "Action": "kms:Decrypt"})),
        template(K=key({**ROOT_KEY, "Action": ["kms:Put*", "kms:Decrypt"]})),
    ),
    "key-alias-of-aws": Case(
        template(
            K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/aws/acme", TargetKeyId={"Ref": "K"})
        ),
        template(
            K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/acme/aws", TargetKeyId={"Ref": "K"})
        ),
    ),
    "key-alias-without-prefix": Case(
        template(K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="acme", TargetKeyId={"Ref": "K"})),
        template(K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"})),
    ),
    "name-of-a-key-alias": Case(
        template(
            K=made("AWS::KMS::Key"),
            A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}),
            B={**made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}), "DependsOn": "A"},
        ),
        template(
            K=made("AWS::KMS::Key"),
            A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}),
            B=made("AWS::KMS::Alias", AliasName="alias/acme2", TargetKeyId={"Ref": "K"}),
        ),
    ),
    "key-waits-too-short": turned("AWS::KMS::Key", {"PendingWindowInDays": 6}, {"PendingWindowInDays": 7}),
    "key-rotates-too-often": turned(
        "AWS::KMS::Key", {"RotationPeriodInDays": 89}, {"RotationPeriodInDays": 90}, EnableKeyRotation=True
    ),
    "key-spec-unknown": turned("AWS::KMS::Key", {"KeySpec": "RSA_1024"}, {"KeySpec": "SYMMETRIC_DEFAULT"}),
}
