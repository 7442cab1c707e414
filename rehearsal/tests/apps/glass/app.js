// access when everything else fails, where a guardrail denies everything to everybody
const { join } = require('node:path');
const { App } = require('aws-cdk-lib');
const { Effect, PolicyStatement } = require('aws-cdk-lib/aws-iam');
const { BreakGlass, Guardrail, Guardrails, MultiAccountOrg, OrganizationPolicyType } = require(join(__dirname, '../../../..'));

const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111', homeRegion: 'eu-west-1', email: 'aws@acme.example',
});
acme.addStage('prod');
new BreakGlass(acme, 'break-glass');
new Guardrails(acme, 'guardrails', {
  guardrails: [Guardrail.of('nothing', {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    // the deployments of this rehearsal go on
    statements: [new PolicyStatement({
      sid: 'Nothing',
      effect: Effect.DENY,
      actions: ['*'],
      resources: ['*'],
      conditions: { ArnNotLike: { 'aws:PrincipalArn': ['arn:*:iam::*:role/cdk-*', 'arn:*:iam::*:role/OrganizationAccountAccessRole'] } },
    })],
    stops: [{ deedName: 'create a topic', action: 'sns:CreateTopic' }],
    letsPass: [],
  })],
});
