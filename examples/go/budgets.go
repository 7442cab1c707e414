package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	org "github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg"
)

// Budgets is a concern of our own: what each account may cost in a month, also that of a stage which is added later.
type Budgets struct {
	path       *string
	monthlyUsd int
	management org.IManagement
	stack      awscdk.Stack
	stages     []*string
}

// NewBudgets defines what each account of the organization around the scope may cost.
func NewBudgets(scope constructs.Construct, id string, monthlyUsd int) *Budgets {
	this := constructs.NewConstruct(scope, jsii.String(id))
	organization := org.Organization_Of(this)
	management := organization.Management()
	budgets := &Budgets{
		path:       this.Node().Path(),
		monthlyUsd: monthlyUsd,
		management: management,
		stack:      management.AddStack(jsii.String("budgets"), jsii.String("What each account may cost")),
	}
	organization.VisitStages(budgets)
	organization.AddFacts(budgets)
	organization.AddValidation(budgets)
	return budgets
}

// Visit gives the account of a stage its budget.
func (b *Budgets) Visit(stage org.StageAccount) {
	b.stages = append(b.stages, stage.Node().Id())
	awsbudgets.NewCfnBudget(b.stack, stage.Node().Id(), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
			BudgetName:  stage.ConventionalName(jsii.String("costs")),
			BudgetType:  jsii.String("COST"),
			TimeUnit:    jsii.String("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: jsii.Number(b.monthlyUsd), Unit: jsii.String("USD")},
			CostFilters: map[string]any{"LinkedAccount": []*string{b.management.AccountIdOf(stage, b.stack)}},
		},
	})
}

// Facts says what each account may cost.
func (b *Budgets) Facts() *[]*org.Fact {
	facts := []*org.Fact{}
	for _, stage := range b.stages {
		facts = append(facts, &org.Fact{
			Kind:    jsii.String("budget"),
			Subject: stage,
			Name:    jsii.String("monthly-usd"),
			Value:   jsii.String(fmt.Sprint(b.monthlyUsd)),
			Source:  b.path,
		})
	}
	return &facts
}

// Validate says whether that is a budget.
func (b *Budgets) Validate() *[]*string {
	if b.monthlyUsd > 0 {
		return &[]*string{}
	}
	return jsii.Strings(fmt.Sprintf("monthlyUsd %d is no budget: give more than 0", b.monthlyUsd))
}
