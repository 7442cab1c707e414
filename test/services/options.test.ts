import { App, Stack } from 'aws-cdk-lib';
import { CATALOGUE } from './catalogue';
import { given } from './given';
import { Network, StageAccount, StageAddresses } from '../../src';
import * as options from '../../src/support/options';
import { PROD, ROOT, synthesize, testApp } from '../orgs';

function stageIn(app: App): StageAccount {
  return new StageAccount(app, 'prod', { accountId: PROD, managementAccountId: ROOT, region: 'eu-west-1', namespace: 'acme' });
}

test.each(Object.keys(CATALOGUE))('%s compares its properties with those that there are', name => {
  const stage = stageIn(testApp());
  const check = jest.spyOn(options, 'checkProps');
  const construct = CATALOGUE[name](new Stack(stage, 'services'), 'it', given(stage));
  expect(check.mock.calls.map(([scope, type]) => [scope.node.path, type])).toContainEqual([construct.node.path, `${name}Props`]);
  check.mockRestore();
});

describe('a property that a construct does not have', () => {
  const define = (props: object) => {
    const app = testApp();
    const stack = new Stack(stageIn(app), 'network');
    new Network(stack, 'it', { addresses: StageAddresses.cidr('10.1.0.0/16'), ...props });
    return synthesize(app).stack('prod/network').messages.map(({ level, entry }) => `${level}: ${entry.data}`);
  };

  test('is warned of, with the one that was meant', () => {
    expect(define({ natGatewys: 1 })).toEqual([
      "warning: 'natGatewys' of 'prod/network/it' is no option: did you mean 'natGateways'? [ack: cdk-multi-account-org:unknownOption]",
    ]);
  });

  test('is warned of, if none is like it, and not if it has no value', () => {
    expect(define({ team: 'shop', owner: undefined })).toEqual([
      "warning: 'team' of 'prod/network/it' is no option: leave it out [ack: cdk-multi-account-org:unknownOption]",
    ]);
  });

  test.each<[object, string]>([
    [{ natGateways: '1' }, "natGateways of 'prod/network/it' is '1': give a number"],
    [{ interfaceEndpoints: 'ecr' }, "interfaceEndpoints of 'prod/network/it' is 'ecr': give a list"],
    [{ logEncryptionKey: 'alias/logs' }, "logEncryptionKey of 'prod/network/it' is 'alias/logs': give an IKey"],
  ])('is an error if it has another type: %j', (props, problem) => {
    expect(() => define(props)).toThrow(problem);
  });
});
