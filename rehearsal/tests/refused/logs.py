"""What CloudWatch Logs refuses, and neighbours that it accepts."""

from __future__ import annotations

from refused.case import ROOT_KEY, Case, Template, key, made, placed, statement, taken, template


def encrypted(*statements: Template) -> Template:
    group = made("AWS::Logs::LogGroup", LogGroupName="/g", KmsKeyId={"Fn::GetAtt": ["K", "Arn"]})
    return template(K=key(ROOT_KEY, *statements), L=group)


LOGS_KEY = statement(
    Principal={"Service": "logs.eu-west-1.amazonaws.com"},
    Action=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource="*",
    Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:222222222222:*"}},
)


def forwarded(count: int) -> Template:
    """A log group, and so many that it sends its events to."""
    body = placed("s3:GetObject", Timeout=3)
    body["Resources"]["LG"] = made("AWS::Logs::LogGroup", LogGroupName="/g")
    allowed = {"Action": "lambda:InvokeFunction", "Principal": "logs.amazonaws.com"}
    body["Resources"]["LP"] = made("AWS::Lambda::Permission", FunctionName={"Ref": "F"}, **allowed)
    before = "LP"
    for number in range(count):
        given = {"LogGroupName": {"Ref": "LG"}, "FilterPattern": "", "DestinationArn": {"Fn::GetAtt": ["F", "Arn"]}}
        body["Resources"][f"SF{number}"] = {**made("AWS::Logs::SubscriptionFilter", **given), "DependsOn": before}
        before = f"SF{number}"
    return body


CASES: dict[str, Case] = {
    "log-retention": Case(
        template(L=made("AWS::Logs::LogGroup", RetentionInDays=8)),
        template(L=made("AWS::Logs::LogGroup", RetentionInDays=7)),
    ),
    "log-group-name": Case(
        template(L=made("AWS::Logs::LogGroup", LogGroupName="a b")),
        template(L=made("AWS::Logs::LogGroup", LogGroupName="/a.b-c_d#1")),
    ),
    "log-group-key": Case(encrypted(), encrypted(LOGS_KEY)),
    "name-of-a-log-group": taken("AWS::Logs::LogGroup", LogGroupName="/taken"),
    "subscriptions-of-a-log-group": Case(forwarded(3), forwarded(2)),
}
