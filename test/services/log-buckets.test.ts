import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CATALOGUE } from './catalogue';
import { stackIn } from './contract';
import { Given } from './given';
import { testVpc } from './networks';
import { StageProfile } from '../../src';

test.each([
  [StageProfile.PRODUCTION, true, 365],
  [StageProfile.DEVELOPMENT, false, 30],
])('access logs of $name keep what is overwritten for a while: %#', (profile, versioned, days) => {
  const stack = stackIn(profile);
  CATALOGUE.ContainerCluster(stack, 'it', { vpc: () => testVpc(stack as Stack, 'it') } as unknown as Given);
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
  expect(Properties.VersioningConfiguration).toEqual(versioned ? { Status: 'Enabled' } : undefined);
  expect(Properties.LifecycleConfiguration.Rules).toEqual([{
    ExpirationInDays: days, Status: 'Enabled', ...versioned && { NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
  }]);
});
