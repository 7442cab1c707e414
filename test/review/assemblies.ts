import { App } from 'aws-cdk-lib';
import { Assembly } from '../../review/assembly/assembly';
import { testApp } from '../orgs';

/** What the commands read of an app. */
export function assemblyOf(write: (app: App) => void, context: Record<string, unknown> = {}): Assembly {
  const app = testApp({ 'aws:cdk:enable-asset-metadata': true, ...context });
  write(app);
  return Assembly.read(app.synth().directory);
}
