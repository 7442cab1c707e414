package example.acme;

import io.github.cdkmultiaccountorg.Fact;
import io.github.cdkmultiaccountorg.IFacts;
import io.github.cdkmultiaccountorg.IManagement;
import io.github.cdkmultiaccountorg.IOrganization;
import io.github.cdkmultiaccountorg.IStageVisitor;
import io.github.cdkmultiaccountorg.Organization;
import io.github.cdkmultiaccountorg.StageAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.budgets.CfnBudget;
import software.constructs.Construct;
import software.constructs.IValidation;

/** A concern of our own: what each account may cost in a month, also that of a stage which is added later. */
public class Budgets extends Construct implements IStageVisitor, IFacts, IValidation {
    private final int monthlyUsd;
    private final IManagement management;
    private final Stack stack;
    private final List<String> stages = new ArrayList<>();

    public Budgets(final Construct scope, final String id, final int monthlyUsd) {
        super(scope, id);
        this.monthlyUsd = monthlyUsd;
        final IOrganization organization = Organization.of(this);
        this.management = organization.getManagement();
        this.stack = management.addStack("budgets", "What each account may cost");
        organization.visitStages(this);
        organization.addFacts(this);
        organization.addValidation(this);
    }

    @Override
    public void visit(final StageAccount stage) {
        stages.add(stage.getNode().getId());
        CfnBudget.Builder.create(stack, stage.getNode().getId())
                .budget(CfnBudget.BudgetDataProperty.builder()
                        .budgetName(stage.conventionalName("costs"))
                        .budgetType("COST")
                        .timeUnit("MONTHLY")
                        .budgetLimit(CfnBudget.SpendProperty.builder().amount(monthlyUsd).unit("USD").build())
                        .costFilters(Map.of("LinkedAccount", List.of(management.accountIdOf(stage, stack))))
                        .build())
                .build();
    }

    @Override
    public List<Fact> facts() {
        return stages.stream()
                .map(stage -> Fact.builder()
                        .kind("budget")
                        .subject(stage)
                        .name("monthly-usd")
                        .value(String.valueOf(monthlyUsd))
                        .source(getNode().getPath())
                        .build())
                .toList();
    }

    @Override
    public List<String> validate() {
        return monthlyUsd > 0 ? List.of() : List.of("monthlyUsd " + monthlyUsd + " is no budget: give more than 0");
    }
}
