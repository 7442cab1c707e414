package example.acme;

import io.github.cdkmultiaccountorg.AuditTrailProps;
import io.github.cdkmultiaccountorg.BreakGlass;
import io.github.cdkmultiaccountorg.DomainOptions;
import io.github.cdkmultiaccountorg.GroupOptions;
import io.github.cdkmultiaccountorg.Guardrail;
import io.github.cdkmultiaccountorg.Guardrails;
import io.github.cdkmultiaccountorg.MultiAccountOrg;
import io.github.cdkmultiaccountorg.Network;
import io.github.cdkmultiaccountorg.People;
import io.github.cdkmultiaccountorg.PeopleSource;
import io.github.cdkmultiaccountorg.StageAccount;
import io.github.cdkmultiaccountorg.StageAddresses;
import io.github.cdkmultiaccountorg.StageOptions;
import io.github.cdkmultiaccountorg.StageProfile;
import io.github.cdkmultiaccountorg.UserOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;

/** The reference organization with its services. */
public final class Organization {
    private Organization() {
    }

    public static void main(final String[] args) {
        final App app = new App();
        final MultiAccountOrg acme = MultiAccountOrg.Builder.create(app, "acme")
                .managementAccountId("111111111111")
                .email("aws@acme.example")
                .homeRegion("eu-west-1")
                .rootAddresses(StageAddresses.index(100))
                .build();
        new Budgets(acme, "Budgets", 1000);
        final StageAccount audit = acme.addStage("audit", StageOptions.builder()
                .profile(StageProfile.AUDIT)
                .organizationalUnit("security")
                .build());
        final StageAccount prod = acme.addStage("prod", workload(StageProfile.PRODUCTION, 103));
        final StageAccount staging = acme.addStage("staging", workload(StageProfile.STAGING, 102));
        final StageAccount dev = acme.addStage("dev", workload(StageProfile.DEVELOPMENT, 101));
        final StageAccount testing = acme.addStage("testing", workload(StageProfile.TESTING, 104));

        acme.addAuditTrail(AuditTrailProps.builder()
                .storedIn(audit)
                .readers(List.of(audit.getReadOnly()))
                .build());

        Guardrails.Builder.create(acme, "guardrails")
                .guardrails(List.of(Guardrail.allowedRegions(List.of("eu-west-1", "us-east-1"))))
                .build();

        // people of IAM Identity Center have another source, and the same groups
        People.Builder.create(acme, "people").source(PeopleSource.iamUsers()).build();
        new BreakGlass(acme, "break-glass");
        final var engineers = acme.addGroup("engineers", GroupOptions.builder()
                .canAssume(List.of(dev.getAdmin(), testing.getAdmin(), staging.getReadOnly()))
                .build());
        acme.addGroup("operators", GroupOptions.builder()
                .canAssume(List.of(prod.getAdmin(), staging.getAdmin()))
                .build());
        acme.addGroup("auditors", GroupOptions.builder()
                .canAssume(List.of(audit.getReadOnly()))
                .build());
        acme.addUser("ada", UserOptions.builder().groups(List.of(engineers)).build());

        // which stage has what is as in the architecture that this one stands for
        final var domain = acme.addDomain("acme.example", DomainOptions.builder()
                .stages(List.of(audit, prod, staging, dev, testing))
                .build());
        for (final StageAccount stage : List.of(audit, prod, staging, dev, testing)) {
            Services.addCertificate(stage, domain);
            Services.addSecrets(stage);
        }

        final Map<StageAccount, Network> networks = new HashMap<>();
        for (final StageAccount stage : List.of(acme.getRoot(), prod, staging, dev, testing)) {
            networks.put(stage, Services.addNetwork(stage));
        }
        for (final StageAccount stage : List.of(prod, staging, dev, testing)) {
            Services.addBackingServices(stage, networks.get(stage));
            Services.addKubernetes(stage, networks.get(stage));
            Services.addJobs(stage);
        }
        for (final StageAccount stage : List.of(acme.getRoot(), testing)) {
            Services.addAutomation(stage, networks.get(stage));
        }
        Services.addState(testing);
        Services.addReports(prod);

        app.synth();
    }

    private static StageOptions workload(final StageProfile profile, final int addressIndex) {
        return StageOptions.builder()
                .profile(profile)
                .organizationalUnit("workloads")
                .addresses(StageAddresses.index(addressIndex))
                .build();
    }
}
