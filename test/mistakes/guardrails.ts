import { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import { CentralRootAccess, Guardrail, Guardrails, GuardrailsProps, IGuardrail, OrganizationPolicyType } from '../../src';
import { acme, acmeOfKnownAccounts, EXISTING } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

function guardrails(app: App, props: (defined: ReturnType<typeof acmeOfKnownAccounts>) => GuardrailsProps): void {
  const defined = acmeOfKnownAccounts(EXISTING, app);
  new Guardrails(defined.org, 'guardrails', props(defined));
}

function own(name: string, ...statements: iam.PolicyStatement[]): IGuardrail {
  return Guardrail.of(name, {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    statements,
    stops: [{ deedName: 'delete a bucket', action: 's3:DeleteBucket' }],
    letsPass: [{ deedName: 'create a bucket', action: 's3:CreateBucket' }],
  });
}

function denying(size = 1): iam.PolicyStatement {
  return new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: [`arn:aws:s3:::${'a'.repeat(size)}`] });
}

const name = fc.stringMatching(/^[a-z]{3,20}-[a-z]{3,20}$/);
const word = wordOf(2, 12);

export const GUARDRAIL_MISTAKES: Mistake[] = [
  mistake('guardrails: one twice', name, (app, one) => guardrails(app, () => ({ guardrails: [own(one, denying()), own(one, denying(2))] })),
    one => [`guardrail '${one}'`, 'list it once']),
  mistake('guardrails: none at all', ['prod', 'dev'] as const, (app, stage) => guardrails(app, defined => ({ stages: [defined[stage]] })),
    () => ["'acme/guardrails' has no guardrails", 'list some in guardrails']),
  mistake('without: no default one', name, (app, one) => guardrails(app, () => ({ without: [own(one, denying())] })),
    one => [`'${one}' of without`, 'no default guardrail', 'leave it out']),
  mistake('without: a default one, where there are none', Guardrail.defaults(), (app, one) => guardrails(app, ({ dev }) => ({ stages: [dev], without: [one] })),
    one => [`'${one.guardrailName}' of without`, 'none of which it includes', 'leave it out']),
  mistake('includeDefaults: twice', ['more', 'others'] as const, (app, id) => {
    const { org } = acmeOfKnownAccounts(EXISTING, app);
    new Guardrails(org, 'guardrails');
    new Guardrails(org, id);
  }, id => [`'acme/${id}' includes the default guardrails, as 'acme/guardrails' does`, 'set includeDefaults to false']),
  mistake('includeDefaults: for units or stages', ['organizationalUnits', 'stages'] as const,
    (app, what) => guardrails(app, ({ dev }) => ({ includeDefaults: true, [what]: what === 'stages' ? [dev] : ['sandbox'] })),
    what => [`includeDefaults with ${what}`, 'leave one of them out']),
  mistake('adjustments: of a guardrail that does not apply', name,
    (app, one) => guardrails(app, ({ dev }) => ({
      adjustments: [{ guardrail: own(one, denying()), exceptStages: [dev] }],
    })),
    one => [`guardrail '${one}' of adjustments`, 'list it in guardrails']),
  mistake('adjustments: twice', Guardrail.defaults(),
    (app, one) => guardrails(app, ({ dev }) => ({ adjustments: [{ guardrail: one, trialOn: 'sandbox' }, { guardrail: one, exceptStages: [dev] }] })),
    one => [`guardrail '${one.guardrailName}' is twice in the adjustments`, 'give one with all that it needs']),
  mistake('adjustments: of nothing', Guardrail.defaults(), (app, one) => guardrails(app, () => ({ adjustments: [{ guardrail: one }] })),
    one => [`adjustment of guardrail '${one.guardrailName}'`, 'changes nothing', 'give it trialOn']),
  mistake('guardrails: two with one sid', name, (app, one) => guardrails(app, () => {
    const statement = () => new iam.PolicyStatement({ sid: 'Same', effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] });
    return { guardrails: [own(one, statement()), own(`${one}-too`, statement())] };
  }), one => [`guardrails '${one}' and '${one}-too'`, "the sid 'Same'", 'give each another one']),
  mistake('guardrails: two statements with one sid', name, (app, one) => guardrails(app, () => {
    const statement = () => new iam.PolicyStatement({ sid: 'Same', effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] });
    return { guardrails: [own(one, statement(), statement())] };
  }), one => [`guardrail '${one}' has two statements`, "the sid 'Same'", 'give each another one']),
  mistake('spare: of an account to come', ['prod', 'dev'] as const, (app, stage) => {
    const defined = acme(app);
    new Guardrails(defined.org, 'guardrails', { spare: [defined[stage].admin] });
  }, stage => [`spare holds '${stage}.admin'`, 'does not exist yet', 'add it once the account exists']),
  mistake('guardrails: one that allows', name, (app, one) => guardrails(app, () => ({
    guardrails: [own(one, new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }))],
  })), one => [`guardrail '${one}' has a statement that allows`, 'give it statements that deny']),
  mistake('guardrails: one of resources without principals', name, (app, one) => guardrails(app, () => ({
    guardrails: [Guardrail.of(one, {
      ...own(one, denying()).bind({} as never), policyType: OrganizationPolicyType.RESOURCE_CONTROL,
    })],
  })), one => [` of guardrail '${one}' has other principals than a StarPrincipal`, 'name them in a condition on aws:PrincipalArn']),
  mistake('guardrails: one without statements', name, (app, one) => guardrails(app, () => ({ guardrails: [own(one)] })),
    one => [`guardrail '${one}' has no statement`, 'give it statements that deny']),
  mistake('guardrails: one that is larger than a policy', fc.integer({ min: 7_200, max: 20_000 }),
    (app, size) => guardrails(app, () => ({ guardrails: [own('huge', denying(size))] })),
    () => ["guardrail 'huge' has", 'characters', 'divide it into several']),
  mistake('guardrails: of somebody else\'s management account', ['guardrails', 'limits'] as const,
    (app, id) => new Guardrails(acmeOfKnownAccounts(undefined, app).org, id), id => [`'acme/${id}'`, 'management account is not yours', 'have its owner']),
  mistake('central root access: of somebody else\'s management account', ['central', 'root-access'] as const,
    (app, id) => new CentralRootAccess(acmeOfKnownAccounts(undefined, app).org, id), id => [`'acme/${id}'`, 'management account is not yours', 'have its owner do it']),
  mistake('central root access: twice', word, (app, id) => {
    const { org } = acme(app);
    new Guardrails(org, 'guardrails', { centralRootAccess: true });
    new CentralRootAccess(org, `${id}-2`);
  }, id => [`'acme/${id}-2'`, "as 'acme/guardrails/central-root-access' does", 'leave one of them out']),
  mistake('adjustments: a stage that has none of them', ['dev', 'audit'] as const, (app, stage) => {
    const defined = acme(app);
    new Guardrails(defined.org, 'guardrails', {
      stages: [defined.prod],
      guardrails: [Guardrail.DENY_ROOT_USER],
      adjustments: [{ guardrail: Guardrail.DENY_ROOT_USER, exceptStages: [defined[stage]] }],
    });
  }, stage => ["exceptStages of guardrail 'deny-root-user'", `stage '${stage}'`, 'leave it out']),
  mistake('name of a guardrail: other letters', fc.tuple(word, fc.constantFrom(' ', '_', '--', '.', 'É'), word).map(parts => parts.join('')),
    (_, one) => Guardrail.of(one, own('one', denying()).bind({} as never)), one => [`name '${one}' of a guardrail`, 'give lower-case letters']),
  mistake('pipelines: none', [[]] as const, (_, none) => Guardrail.protectDeployment([...none]), () => ['pipelines is empty', 'name at least one']),
  mistake('regions, services, types, keys: none', ['regions', 'services', 'types', 'keys'] as const, (_, what) => {
    const make = {
      regions: Guardrail.allowedRegions,
      services: Guardrail.allowedServices,
      types: Guardrail.allowedInstanceTypes,
      keys: Guardrail.requiredTags,
    };
    make[what]([]);
  }, what => [`${what} is empty`, 'name at least one']),
  mistake('regions, services, types, keys: no list', ['regions', 'services', 'types', 'keys', 'trustedAccounts'] as const, (_, what) => {
    const make = {
      regions: Guardrail.allowedRegions,
      services: Guardrail.allowedServices,
      types: Guardrail.allowedInstanceTypes,
      keys: Guardrail.requiredTags,
      trustedAccounts: Guardrail.identityPerimeter,
    };
    make[what]('eu-west-1' as never);
  }, what => [`${what} is 'eu-west-1'`, 'give a list']),
  mistake('guardrail of one\'s own: nothing', name, (_, one) => Guardrail.of(one, undefined as never),
    one => [`options of guardrail '${one}' are missing`, 'give policyType and statements']),
  mistake('guardrail of one\'s own: a misspelt option', name, (_, one) => {
    const { statements, ...others } = own(one, denying()).bind({} as never);
    Guardrail.of(one, { ...others, statement: statements } as never);
  }, one => [`'statement' of guardrail '${one}' is no option`, "did you mean 'statements'?"]),
  mistake('guardrail of one\'s own: a policy type that is a word', ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const, (_, type) =>
    Guardrail.of('mine', { ...own('mine', denying()).bind({} as never), policyType: type as never }),
  type => [`policyType of guardrail 'mine' is '${type}'`, 'give an OrganizationPolicyType']),
  mistake('guardrail of one\'s own: a plain object as a statement', name, (_, one) => own(one, { Effect: 'Deny' } as never),
    one => [`entry 1 of statements of guardrail '${one}' is an object`, 'give a PolicyStatement']),
  mistake('adjustments: no guardrail', ['sandbox', 'workloads'] as const, (app, unit) => guardrails(app, () => ({
    adjustments: [{ trialOn: unit } as never],
  })), () => ["guardrail of adjustment 1 in 'acme/guardrails' is missing", 'give it']),
  mistake('adjustments: no lists', ['exceptStages', 'exceptPrincipals'] as const, (app, what) => guardrails(app, ({ dev }) => ({
    adjustments: [{ guardrail: Guardrail.REQUIRE_IMDSV2, [what]: what === 'exceptStages' ? dev : dev.admin } as never],
  })), what => [`${what} of adjustment 1 in 'acme/guardrails'`, 'give a list']),
  mistake('services: an action', word, (_, service) => Guardrail.allowedServices([`${service}:*`]), service => [`services has '${service}:*'`, 'give prefixes']),
  mistake('types: no size', word, (_, type) => Guardrail.allowedInstanceTypes([type]), type => [`types has '${type}'`, 'give types of instances']),
  mistake('keys: reserved by AWS', word, (_, key) => Guardrail.requiredTags([`aws:${key}`]), key => [`keys has 'aws:${key}'`, 'give keys of tags']),
  mistake('regions: without one that a stack goes to', ['us-east-1', 'eu-central-1', 'us-west-2'] as const, (app, region) => guardrails(app, ({ prod }) => {
    prod.addStack('elsewhere', { region });
    return { guardrails: [Guardrail.allowedRegions(['eu-west-1'])] };
  }), region => ["stack 'acme/prod/elsewhere'", `goes to '${region}'`, 'add it to the regions']),
];
