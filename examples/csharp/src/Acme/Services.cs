using Amazon.CDK;
using Amazon.CDK.AWS.DynamoDB;
using CdkMultiAccountOrg;

namespace Acme;

/// <summary>Each method is a stack of a stage; how large and how safe it is, the stage says.</summary>
internal static class Services
{
    /// <summary>A profile of our own: what can be made again from other data is not worth keeping, in any stage.</summary>
    private static readonly StageProfile Derived = StageProfile.PRODUCTION.Customized("derived", new StageProfileOptions
    {
        RemovalPolicy = RemovalPolicy.DESTROY,
        DeletionProtection = false,
        BackupRetention = Duration.Days(0),
        Size = StageSize.SMALL,
    });

    /// <summary>A certificate for everything below <c>[stage].acme.example</c>.</summary>
    public static void AddCertificate(StageAccount stage, IDomain domain) =>
        _ = new Certificate(new Stack(stage, "certificate"), "wildcard", new CertificateProps { Zone = domain.ZoneOf(stage) });

    /// <summary>Where the secrets of applications are.</summary>
    public static void AddSecrets(StageAccount stage) =>
        _ = new SecretStore(new Stack(stage, "secrets"), "chamber", new SecretStoreProps { Path = "/chamber" });

    /// <summary>The addresses of the stage, which no other stage has.</summary>
    public static Network AddNetwork(StageAccount stage) => new(new Stack(stage, "network"), "network", new NetworkProps
    {
        Addresses = stage.Addresses,
        // a small stage has no way out by itself, and containers pull their images
        NatGateways = stage.Profile.Size == StageSize.SMALL ? 1 : null,
    });

    /// <summary>What keeps the data of applications.</summary>
    public static void AddBackingServices(StageAccount stage, Network network)
    {
        var stack = new Stack(stage, "backing-services");
        _ = new AuroraPostgres(stack, "postgres", new AuroraPostgresProps { Vpc = network.Vpc });
        _ = new Redis(stack, "redis", new RedisProps { Vpc = network.Vpc });
    }

    /// <summary>Where applications run.</summary>
    public static void AddKubernetes(StageAccount stage, Network network)
    {
        var cluster = new KubernetesCluster(new Stack(stage, "kubernetes"), "cluster", new KubernetesClusterProps
        {
            Vpc = network.Vpc,
        });
        cluster.GrantAdmin(stage.Admin);
        cluster.GrantView(stage.ReadOnly);
    }

    /// <summary>Where the automation of the infrastructure itself runs.</summary>
    public static void AddAutomation(StageAccount stage, Network network) =>
        _ = new ContainerCluster(new Stack(stage, "automation"), "containers", new ContainerClusterProps { Vpc = network.Vpc });

    /// <summary>What the infrastructure remembers of itself.</summary>
    public static void AddState(StageAccount stage) =>
        _ = new DynamoTable(new Stack(stage, "state"), "locks", new DynamoTableProps
        {
            PartitionKey = new Attribute { Name = "LockID", Type = AttributeType.STRING },
        });

    /// <summary>What workers have to do.</summary>
    public static void AddJobs(StageAccount stage) => _ = new JobQueue(new Stack(stage, "jobs"), "jobs");

    /// <summary>What was counted, and can be counted again.</summary>
    public static void AddReports(StageAccount stage)
    {
        var stack = new Stack(stage, "reports");
        Derived.ApplyTo(stack);
        _ = new DynamoTable(stack, "reports", new DynamoTableProps
        {
            PartitionKey = new Attribute { Name = "Day", Type = AttributeType.STRING },
        });
    }
}
