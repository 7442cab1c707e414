import { AspectPriority, Aspects } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { IConstruct } from 'constructs';
import { assemblyOf } from './assemblies';
import { changesBetween } from '../../review/diff/changes';
import { Guardrail, Guardrails, MultiAccountOrg } from '../../src';
import { DEV, orgProps, PROD } from '../orgs';

// what facts do not say, because somebody changes templates behind them

interface Changed {
  readonly account?: string;
  readonly isDetached?: boolean;
}

function write({ account = PROD, isDetached = false }: Changed = {}) {
  return assemblyOf(app => {
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    org.addStage('prod', { accountId: account });
    new Guardrails(org, 'guardrails', { includeDefaults: false, guardrails: [Guardrail.DENY_ROOT_USER] });
    const detach = (one: IConstruct) =>
      isDetached && one instanceof CfnPolicy ? one.addPropertyOverride('TargetIds', []) : undefined;
    Aspects.of(org.root).add({ visit: detach }, { priority: AspectPriority.READONLY });
  });
}

const widening = (changed: Changed) =>
  changesBetween(write(), write(changed)).filter(({ widens }) => widens).map(({ sentence }) => sentence);

test('nothing is hidden in the same', () => {
  expect(changesBetween(write(), write())).toEqual([]);
});

test('a policy of guardrails that is attached to nothing', () => {
  expect(widening({ isDetached: true }))
    .toEqual([expect.stringMatching(/^targets of organization policy .*guardrails.* loses? /)]);
});

test('another account of a stage', () => {
  expect(widening({ account: DEV })).toContain(`prod: account is ${DEV} instead of ${PROD}`);
});
