import { createHash } from 'crypto';
import { copyFileSync, readFileSync } from 'fs';
import { join } from 'path';
import * as cdk from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { PROFILES } from './contract';
import { given } from './given';
import { Valid, VALID } from './valid';
import { MultiAccountOrg, OrganizationSource, StageAddresses } from '../../src';
import { validates } from '../nag';
import { orgProps, Synthesized, synthesize, testApp } from '../orgs';
import { cases } from '../random';
import { tally } from '../tally';

jest.setTimeout(1_800_000);

// of values that AWS takes, neither we nor the newest CDK's validator say anything, which gets more of the cases;
// `RANDOM_CASES=9` makes it 540 organizations, and `KEEP_VALID` keeps their templates for cfn-lint

interface Drawn {
  readonly service: string;
  readonly valid: Valid;
}

const drawn: fc.Arbitrary<Drawn> = fc.constantFrom(...Object.keys(VALID))
  .chain(service => VALID[service].map(valid => ({ service, valid })));
const stageSpec = fc.record({
  profile: fc.constantFrom(...Object.keys(PROFILES)),
  region: fc.constantFrom('eu-west-1', 'us-east-1', 'eu-central-1', 'ap-southeast-2'),
  services: fc.array(drawn, { minLength: 1, maxLength: 4 }),
});

interface Violation {
  readonly ruleName: string;
  readonly description: string;
}

interface Validator {
  validate(templates: unknown): { readonly violations: Violation[] };
}

// the oldest CDK has none: there, services have to accept the values
const { CloudFormationValidatePlugin } = cdk as unknown as Record<string, new () => Validator>;
const plugin = validates ? new CloudFormationValidatePlugin() : { validate: () => ({ violations: [] }) };
const seen = new Set<string>();
// says of EKS what the CDK writes, whatever a cluster is given
const NOT_OURS = /^W9009 EncryptionConfig/;

/** What the validator says of the templates that it has not seen yet. */
function findings({ stacks }: Synthesized): string[] {
  const stackTemplates = [...stacks].flatMap(([path, stack]) => {
    const { templateFullPath: templatePath } = stack;
    const content = readFileSync(templatePath);
    const hash = createHash('sha1').update(content).digest('hex');
    if (path.includes('/bootstrap/') || seen.has(hash)) {
      return [];
    }
    seen.add(hash);
    if (process.env.KEEP_VALID) {
      copyFileSync(templatePath, join(process.env.KEEP_VALID, `${hash}.template.json`));
    }
    const { account: accountId, region } = stack.environment;
    return [{ stackConstructPath: path, templatePath, accountId, region }];
  });
  return plugin.validate({ templatePaths: stackTemplates.map(({ templatePath }) => templatePath), stackTemplates })
    .violations.map(({ ruleName, description }) => `${ruleName} ${description}`).filter(finding => !NOT_OURS.test(finding));
}

test('any organization of any services with any values that AWS takes is right', () => {
  fc.assert(fc.property(fc.array(stageSpec, { minLength: 1, maxLength: 3 }), stages => {
    tally('organizations', stages);
    const app = testApp({ 'aws:cdk:disable-asset-staging': true });
    const organization = OrganizationSource.memberAccounts();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization, email: undefined }));
    const added = stages.map(({ profile, region }, index) => org.addStage(`stage-${index}`, {
      accountId: String(300000000000 + index),
      addresses: StageAddresses.index(index),
      profile: PROFILES[profile],
      region,
    }));
    const domain = org.addDomain('acme.example', { stages: added });
    stages.forEach(({ services }, index) => {
      const ofStage = given(added[index], index, () => domain.zoneOf(added[index]));
      services.forEach(({ service, valid }, position) => {
        valid.define(new Stack(added[index], `services-${position}`), `${service.toLowerCase()}-${position}`, ofStage);
      });
    });
    const synthesized = synthesize(app);
    expect([...synthesized.stacks.keys()].flatMap(path => synthesized.errors(path))).toEqual([]);
    expect(findings(synthesized)).toEqual([]);
  }), cases(validates ? 150 : 60));
});
