// the guardrails of the library as data: their statements, and the deeds that each stops and lets pass

const { join } = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { ArnPrincipal } = require('aws-cdk-lib/aws-iam');
const { Guardrail, MultiAccountOrg, OrganizationSource } = require(join(__dirname, '../../../..'));

const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111',
  homeRegion: 'eu-west-1',
  organization: OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' }),
});
acme.addStage('prod', { accountId: '333333333333' });

const guardrails = [
  ...Object.values(Guardrail).filter(value => value instanceof Guardrail),
  Guardrail.allowedRegions(['eu-west-1', 'us-east-1']),
  Guardrail.allowedServices(['dynamodb', 'sqs']),
  Guardrail.allowedInstanceTypes(['t3.*']),
  Guardrail.requiredTags(['team']),
  Guardrail.identityPerimeter(['888888888888']),
  Guardrail.onlyDeployersDeploy([new ArnPrincipal('arn:aws:iam::111111111111:role/deployer')]),
];
const stack = Stack.of(acme.root.admin);

console.log(JSON.stringify(guardrails.map(guardrail => {
  const { policyType, statements, stops, letsPass } = guardrail.bind({ organization: acme, management: acme.management });
  const Statement = stack.resolve(statements.map(statement => statement.toStatementJson()));
  return { name: guardrail.guardrailName, type: policyType.name, policy: { Version: '2012-10-17', Statement }, stops, letsPass };
})));
