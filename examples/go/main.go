// Command organization is the reference organization with its services.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	org "github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	acme := org.NewMultiAccountOrg(app, jsii.String("acme"), &org.MultiAccountOrgProps{
		ManagementAccountId: jsii.String("111111111111"),
		Email:               jsii.String("aws@acme.example"),
		HomeRegion:          jsii.String("eu-west-1"),
		RootAddresses:       org.StageAddresses_Index(jsii.Number(100)),
	})
	NewBudgets(acme, "Budgets", 1000)
	audit := acme.AddStage(jsii.String("audit"), &org.StageOptions{
		Profile:            org.StageProfile_AUDIT(),
		OrganizationalUnit: jsii.String("security"),
	})
	workload := func(name string, profile org.StageProfile, addressIndex int) org.StageAccount {
		return acme.AddStage(jsii.String(name), &org.StageOptions{
			Profile:            profile,
			OrganizationalUnit: jsii.String("workloads"),
			Addresses:          org.StageAddresses_Index(jsii.Number(addressIndex)),
		})
	}
	prod := workload("prod", org.StageProfile_PRODUCTION(), 103)
	staging := workload("staging", org.StageProfile_STAGING(), 102)
	dev := workload("dev", org.StageProfile_DEVELOPMENT(), 101)
	testing := workload("testing", org.StageProfile_TESTING(), 104)

	acme.AddAuditTrail(&org.AuditTrailProps{
		StoredIn: audit,
		Readers:  &[]awsiam.IGrantable{audit.ReadOnly()},
	})

	org.NewGuardrails(acme, jsii.String("guardrails"), &org.GuardrailsProps{
		Guardrails: &[]org.IGuardrail{org.Guardrail_AllowedRegions(jsii.Strings("eu-west-1", "us-east-1"))},
	})

	// people of IAM Identity Center have another source, and the same groups
	org.NewPeople(acme, jsii.String("people"), &org.PeopleProps{Source: org.PeopleSource_IamUsers()})
	org.NewBreakGlass(acme, jsii.String("break-glass"), nil)
	engineers := acme.AddGroup(jsii.String("engineers"), &org.GroupOptions{
		CanAssume: &[]org.IAssumable{dev.Admin(), testing.Admin(), staging.ReadOnly()},
	})
	acme.AddGroup(jsii.String("operators"), &org.GroupOptions{
		CanAssume: &[]org.IAssumable{prod.Admin(), staging.Admin()},
	})
	acme.AddGroup(jsii.String("auditors"), &org.GroupOptions{
		CanAssume: &[]org.IAssumable{audit.ReadOnly()},
	})
	acme.AddUser(jsii.String("ada"), &org.UserOptions{Groups: &[]org.IPeopleGroup{engineers}})

	// which stage has what is as in the architecture that this one stands for
	domain := acme.AddDomain(jsii.String("acme.example"), &org.DomainOptions{
		Stages: &[]org.StageAccount{audit, prod, staging, dev, testing},
	})
	for _, stage := range []org.StageAccount{audit, prod, staging, dev, testing} {
		addCertificate(stage, domain)
		addSecrets(stage)
	}

	networks := map[org.StageAccount]org.Network{}
	for _, stage := range []org.StageAccount{acme.Root(), prod, staging, dev, testing} {
		networks[stage] = addNetwork(stage)
	}
	for _, stage := range []org.StageAccount{prod, staging, dev, testing} {
		addBackingServices(stage, networks[stage])
		addKubernetes(stage, networks[stage])
		addJobs(stage)
	}
	for _, stage := range []org.StageAccount{acme.Root(), testing} {
		addAutomation(stage, networks[stage])
	}
	addState(testing)
	addReports(prod)

	app.Synth(nil)
}
