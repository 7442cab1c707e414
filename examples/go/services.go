package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"
	org "github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg"
)

// each function is a stack of a stage; how large and how safe it is, the stage says

// derived is a profile of our own: what can be made again from other data is not worth keeping, in any stage.
func derived() org.StageProfile {
	return org.StageProfile_PRODUCTION().Customized(jsii.String("derived"), &org.StageProfileOptions{
		RemovalPolicy:      awscdk.RemovalPolicy_DESTROY,
		DeletionProtection: jsii.Bool(false),
		BackupRetention:    awscdk.Duration_Days(jsii.Number(0)),
		Size:               org.StageSize_SMALL,
	})
}

func newStack(stage org.StageAccount, id string) awscdk.Stack {
	return awscdk.NewStack(stage, jsii.String(id), nil)
}

// addCertificate adds a certificate for everything below `<stage>.acme.example`.
func addCertificate(stage org.StageAccount, domain org.IDomain) {
	org.NewCertificate(newStack(stage, "certificate"), jsii.String("wildcard"), &org.CertificateProps{
		Zone: domain.ZoneOf(stage),
	})
}

// addSecrets adds where the secrets of applications are.
func addSecrets(stage org.StageAccount) {
	org.NewSecretStore(newStack(stage, "secrets"), jsii.String("chamber"), &org.SecretStoreProps{
		Path: jsii.String("/chamber"),
	})
}

// addNetwork adds the addresses of the stage, which no other stage has.
func addNetwork(stage org.StageAccount) org.Network {
	props := &org.NetworkProps{Addresses: stage.Addresses()}
	// a small stage has no way out by itself, and containers pull their images
	if stage.Profile().Size() == org.StageSize_SMALL {
		props.NatGateways = jsii.Number(1)
	}
	return org.NewNetwork(newStack(stage, "network"), jsii.String("network"), props)
}

// addBackingServices adds what keeps the data of applications.
func addBackingServices(stage org.StageAccount, network org.Network) {
	stack := newStack(stage, "backing-services")
	org.NewAuroraPostgres(stack, jsii.String("postgres"), &org.AuroraPostgresProps{Vpc: network.Vpc()})
	org.NewRedis(stack, jsii.String("redis"), &org.RedisProps{Vpc: network.Vpc()})
}

// addKubernetes adds where applications run.
func addKubernetes(stage org.StageAccount, network org.Network) {
	cluster := org.NewKubernetesCluster(newStack(stage, "kubernetes"), jsii.String("cluster"), &org.KubernetesClusterProps{
		Vpc: network.Vpc(),
	})
	cluster.GrantAdmin(stage.Admin())
	cluster.GrantView(stage.ReadOnly())
}

// addAutomation adds where the automation of the infrastructure itself runs.
func addAutomation(stage org.StageAccount, network org.Network) {
	org.NewContainerCluster(newStack(stage, "automation"), jsii.String("containers"), &org.ContainerClusterProps{
		Vpc: network.Vpc(),
	})
}

// addState adds what the infrastructure remembers of itself.
func addState(stage org.StageAccount) {
	org.NewDynamoTable(newStack(stage, "state"), jsii.String("locks"), &org.DynamoTableProps{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("LockID"), Type: awsdynamodb.AttributeType_STRING},
	})
}

// addJobs adds what workers have to do.
func addJobs(stage org.StageAccount) {
	NewJobQueue(newStack(stage, "jobs"), "jobs")
}

// addReports adds what was counted, and can be counted again.
func addReports(stage org.StageAccount) {
	stack := newStack(stage, "reports")
	derived().ApplyTo(stack)
	org.NewDynamoTable(stack, jsii.String("reports"), &org.DynamoTableProps{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("Day"), Type: awsdynamodb.AttributeType_STRING},
	})
}
