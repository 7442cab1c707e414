import { App, Stack } from 'aws-cdk-lib';
import { StageAccount, StageProfile } from '../../src';
import { testApp } from '../orgs';
import { CATALOGUE } from '../services/catalogue';
import { given } from '../services/given';

export interface Placed {
  readonly app: App;
  readonly stack: Stack;
  /** What the library says about it. */
  readonly refused?: string;
}

/** A service with default props, in a stage of a profile in a region. */
export function place(service: string, profile: StageProfile, region: string): Placed {
  const app = testApp({ 'aws:cdk:disable-asset-staging': true });
  const stage = new StageAccount(app, 'stage', {
    accountId: '222222222222', managementAccountId: '111111111111', namespace: 'acme', region, profile,
  });
  const stack = new Stack(stage, 'services');
  try {
    CATALOGUE[service](stack, 'it', given(stage));
    return { app, stack };
  } catch (error) {
    return { app, stack, refused: (error as Error).message };
  }
}
