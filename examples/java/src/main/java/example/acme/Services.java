package example.acme;

import io.github.cdkmultiaccountorg.AuroraPostgres;
import io.github.cdkmultiaccountorg.Certificate;
import io.github.cdkmultiaccountorg.ContainerCluster;
import io.github.cdkmultiaccountorg.DynamoTable;
import io.github.cdkmultiaccountorg.IDomain;
import io.github.cdkmultiaccountorg.KubernetesCluster;
import io.github.cdkmultiaccountorg.Network;
import io.github.cdkmultiaccountorg.Redis;
import io.github.cdkmultiaccountorg.SecretStore;
import io.github.cdkmultiaccountorg.StageAccount;
import io.github.cdkmultiaccountorg.StageProfile;
import io.github.cdkmultiaccountorg.StageProfileOptions;
import io.github.cdkmultiaccountorg.StageSize;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;

/** Each method is a stack of a stage; how large and how safe it is, the stage says. */
final class Services {
    /** A profile of our own: what can be made again from other data is not worth keeping, in any stage. */
    private static final StageProfile DERIVED = StageProfile.PRODUCTION.customized("derived", StageProfileOptions.builder()
            .removalPolicy(RemovalPolicy.DESTROY)
            .deletionProtection(false)
            .backupRetention(Duration.days(0))
            .size(StageSize.SMALL)
            .build());

    private Services() {
    }

    /** A certificate for everything below {@code <stage>.acme.example}. */
    static void addCertificate(final StageAccount stage, final IDomain domain) {
        Certificate.Builder.create(new Stack(stage, "certificate"), "wildcard").zone(domain.zoneOf(stage)).build();
    }

    /** Where the secrets of applications are. */
    static void addSecrets(final StageAccount stage) {
        SecretStore.Builder.create(new Stack(stage, "secrets"), "chamber").path("/chamber").build();
    }

    /** The addresses of the stage, which no other stage has. */
    static Network addNetwork(final StageAccount stage) {
        final Network.Builder network = Network.Builder.create(new Stack(stage, "network"), "network")
                .addresses(stage.getAddresses());
        // a small stage has no way out by itself, and containers pull their images
        if (stage.getProfile().getSize() == StageSize.SMALL) {
            network.natGateways(1);
        }
        return network.build();
    }

    /** What keeps the data of applications. */
    static void addBackingServices(final StageAccount stage, final Network network) {
        final Stack stack = new Stack(stage, "backing-services");
        AuroraPostgres.Builder.create(stack, "postgres").vpc(network.getVpc()).build();
        Redis.Builder.create(stack, "redis").vpc(network.getVpc()).build();
    }

    /** Where applications run. */
    static void addKubernetes(final StageAccount stage, final Network network) {
        final KubernetesCluster cluster = KubernetesCluster.Builder.create(new Stack(stage, "kubernetes"), "cluster")
                .vpc(network.getVpc())
                .build();
        cluster.grantAdmin(stage.getAdmin());
        cluster.grantView(stage.getReadOnly());
    }

    /** Where the automation of the infrastructure itself runs. */
    static void addAutomation(final StageAccount stage, final Network network) {
        ContainerCluster.Builder.create(new Stack(stage, "automation"), "containers").vpc(network.getVpc()).build();
    }

    /** What the infrastructure remembers of itself. */
    static void addState(final StageAccount stage) {
        DynamoTable.Builder.create(new Stack(stage, "state"), "locks")
                .partitionKey(Attribute.builder().name("LockID").type(AttributeType.STRING).build())
                .build();
    }

    /** What workers have to do. */
    static void addJobs(final StageAccount stage) {
        new JobQueue(new Stack(stage, "jobs"), "jobs");
    }

    /** What was counted, and can be counted again. */
    static void addReports(final StageAccount stage) {
        final Stack stack = new Stack(stage, "reports");
        DERIVED.applyTo(stack);
        DynamoTable.Builder.create(stack, "reports")
                .partitionKey(Attribute.builder().name("Day").type(AttributeType.STRING).build())
                .build();
    }
}
