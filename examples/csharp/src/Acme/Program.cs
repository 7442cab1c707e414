using System.Linq;
using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using CdkMultiAccountOrg;

namespace Acme;

/// <summary>The reference organization with its services.</summary>
public static class Program
{
    public static void Main()
    {
        var app = new App();
        var acme = new MultiAccountOrg(app, "acme", new MultiAccountOrgProps
        {
            ManagementAccountId = "111111111111",
            Email = "aws@acme.example",
            HomeRegion = "eu-west-1",
            RootAddresses = StageAddresses.Index(100),
        });
        new Budgets(acme, "Budgets", 1000);
        var audit = acme.AddStage("audit", new StageOptions
        {
            Profile = StageProfile.AUDIT,
            OrganizationalUnit = "security",
        });
        var prod = acme.AddStage("prod", Workload(StageProfile.PRODUCTION, 103));
        var staging = acme.AddStage("staging", Workload(StageProfile.STAGING, 102));
        var dev = acme.AddStage("dev", Workload(StageProfile.DEVELOPMENT, 101));
        var testing = acme.AddStage("testing", Workload(StageProfile.TESTING, 104));

        acme.AddAuditTrail(new AuditTrailProps { StoredIn = audit, Readers = new IGrantable[] { audit.ReadOnly } });

        new Guardrails(acme, "guardrails", new GuardrailsProps
        {
            Guardrails = new IGuardrail[] { Guardrail.AllowedRegions(new[] { "eu-west-1", "us-east-1" }) },
        });

        // people of IAM Identity Center have another source, and the same groups
        new People(acme, "people", new PeopleProps { Source = PeopleSource.IamUsers() });
        new BreakGlass(acme, "break-glass");
        var engineers = acme.AddGroup("engineers", new GroupOptions
        {
            CanAssume = new IAssumable[] { dev.Admin, testing.Admin, staging.ReadOnly },
        });
        acme.AddGroup("operators", new GroupOptions
        {
            CanAssume = new IAssumable[] { prod.Admin, staging.Admin },
        });
        acme.AddGroup("auditors", new GroupOptions
        {
            CanAssume = new IAssumable[] { audit.ReadOnly },
        });
        acme.AddUser("ada", new UserOptions { Groups = new IPeopleGroup[] { engineers } });

        // which stage has what is as in the architecture that this one stands for
        var domain = acme.AddDomain("acme.example", new DomainOptions
        {
            Stages = new[] { audit, prod, staging, dev, testing },
        });
        foreach (var stage in new[] { audit, prod, staging, dev, testing })
        {
            Services.AddCertificate(stage, domain);
            Services.AddSecrets(stage);
        }

        var networks = new[] { acme.Root, prod, staging, dev, testing }
            .ToDictionary(stage => stage, Services.AddNetwork);
        foreach (var stage in new[] { prod, staging, dev, testing })
        {
            Services.AddBackingServices(stage, networks[stage]);
            Services.AddKubernetes(stage, networks[stage]);
            Services.AddJobs(stage);
        }
        foreach (var stage in new[] { acme.Root, testing })
        {
            Services.AddAutomation(stage, networks[stage]);
        }
        Services.AddState(testing);
        Services.AddReports(prod);

        app.Synth();
    }

    private static StageOptions Workload(StageProfile profile, int addressIndex) => new()
    {
        Profile = profile,
        OrganizationalUnit = "workloads",
        Addresses = StageAddresses.Index(addressIndex),
    };
}
