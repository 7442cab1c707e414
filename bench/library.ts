import { App } from 'aws-cdk-lib';
import { EMAIL, REGION, ROOT, stageNames } from './case';
import { MultiAccountOrg } from 'cdk-multi-account-org';

/** An organization by this library. */
export function library(app: App, count: number): void {
  const acme = new MultiAccountOrg(app, 'acme', { managementAccountId: ROOT, email: EMAIL, homeRegion: REGION });
  stageNames(count).forEach(name => acme.addStage(name));
}
