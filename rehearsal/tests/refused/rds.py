"""What RDS refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, network, template


def database(**properties: Any) -> Template:
    given = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "MasterUserPassword": "passw0rd1",
    }
    return template(D={**made("AWS::RDS::DBInstance", **{**given, **properties}), "DeletionPolicy": "Delete"})


def of_database(wrong: Template, right: Template | None = None) -> Case:
    return Case(database(**wrong), database(**(right or {})))


def database_subnets(*zones: str) -> Template:
    ids = [{"Ref": f"S{number}"} for number in range(len(zones))]
    return network(*zones, X=made("AWS::RDS::DBSubnetGroup", DBSubnetGroupDescription="d", SubnetIds=ids))


def cluster(**properties: Any) -> Template:
    given = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.4",
        "MasterUsername": "owner",
        "ManageMasterUserPassword": True,
        **properties,
    }
    return made("AWS::RDS::DBCluster", **given)


def member(size: str) -> Template:
    instance = made(
        "AWS::RDS::DBInstance", Engine="aurora-postgresql", DBClusterIdentifier={"Ref": "D"}, DBInstanceClass=size
    )
    return template(D={**cluster(), "DeletionPolicy": "Delete"}, I=instance)


def without_password() -> Template:
    body = database()
    del body["Resources"]["D"]["Properties"]["MasterUserPassword"]
    return body


def with_parameters(family: str) -> Template:
    group = made("AWS::RDS::DBParameterGroup", Family=family, Description="d")
    return template(G=group, **database(EngineVersion="16.4", DBParameterGroupName={"Ref": "G"})["Resources"])


def capacity(least: float, most: float) -> Template:
    scaling = {"MinCapacity": least, "MaxCapacity": most}
    return template(D={**cluster(ServerlessV2ScalingConfiguration=scaling), "DeletionPolicy": "Delete"})


CLASS = {"Engine": "oracle-se2", "DBInstanceClass": "db.r5.large.tpc1.mem2x", "AllocatedStorage": "20"}

CASES: dict[str, Case] = {
    "database-version": Case(database(EngineVersion="1.2"), database(EngineVersion="16.4")),
    "database-user": Case(database(MasterUsername="admin"), database(MasterUsername="postgres")),
    "database-password-length": Case(database(MasterUserPassword="short"), database(MasterUserPassword="longer-8")),
    "database-password-alphabet": Case(
        database(MasterUserPassword="with@sign"), database(MasterUserPassword="with-sign")
    ),
    "database-engine": of_database({"Engine": "postgresql"}),
    "database-version-unknown": of_database({"EngineVersion": "16.0"}, {"EngineVersion": "16.4"}),
    "database-class": of_database({"DBInstanceClass": "db.t4g.tiny"}, {"DBInstanceClass": "db.t4g.small"}),
    "database-class-of-another-engine": Case(member("db.t4g.micro"), member("db.t4g.medium")),
    "database-storage": of_database(
        {"AllocatedStorage": "19", "StorageType": "gp3"}, {"AllocatedStorage": "20", "StorageType": "gp3"}
    ),
    "database-name": of_database({"DBName": "my-app"}, {"DBName": "my_app"}),
    "database-retention": of_database({"BackupRetentionPeriod": 36}, {"BackupRetentionPeriod": 35}),
    "database-zones": Case(database_subnets("a"), database_subnets("a", "b")),
    "database-windows": of_database(
        {"PreferredBackupWindow": "01:00-02:00", "PreferredMaintenanceWindow": "sun:01:30-sun:02:30"},
        {"PreferredBackupWindow": "01:00-02:00", "PreferredMaintenanceWindow": "sun:03:00-sun:04:00"},
    ),
    "database-without-password": Case(without_password(), database()),
    "database-monitoring": of_database({"MonitoringInterval": 60}, {"MonitoringInterval": 0}),
    "database-parameters": Case(with_parameters("mysql8.0"), with_parameters("postgres16")),
    "cluster-capacity": Case(capacity(2, 1), capacity(1, 2)),
    "cluster-capacity-step": Case(capacity(0.7, 2), capacity(0.5, 2)),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
    "a database of another's past": template(
        D=made(
            "AWS::RDS::DBInstance",
            **{"Engine": "postgres", "DBInstanceClass": "db.t4g.medium"},
            **{"SourceDbiResourceId": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "UseLatestRestorableTime": True},
        )
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
    "a class with more memory": template(
        D=made("AWS::RDS::DBInstance", **CLASS, MasterUsername="ada", ManageMasterUserPassword=True)
    ),
}
