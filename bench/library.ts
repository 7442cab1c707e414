import { App } from 'aws-cdk-lib';
import { EMAIL, REGION, ROOT, stageNames } from './case';
import { Guardrail, Guardrails, IGuardrail, MultiAccountOrg } from 'cdk-multi-account-org';

/** An organization by this library. */
export function library(app: App, count: number): void {
  const acme = new MultiAccountOrg(app, 'acme', { managementAccountId: ROOT, email: EMAIL, homeRegion: REGION });
  stageNames(count).forEach(name => acme.addStage(name));
}

/** The same in 50 units. */
export function units(app: App, count: number): MultiAccountOrg {
  const acme = new MultiAccountOrg(app, 'acme', { managementAccountId: ROOT, email: EMAIL, homeRegion: REGION });
  stageNames(count).forEach((name, index) => acme.addStage(name, { organizationalUnit: `unit-${index % 50}` }));
  return acme;
}

/** The same with the default guardrails, and all others on each of five units. */
export function guarded(app: App, count: number): void {
  const acme = units(app, count);
  new Guardrails(acme, 'guardrails');
  const defaults = Guardrail.defaults();
  const isOther = (one: unknown): one is IGuardrail => one instanceof Guardrail && !defaults.includes(one);
  const others = Object.values(Guardrail).filter(isOther);
  for (let unit = 0; unit < 5; unit++) {
    new Guardrails(acme, `guardrails-${unit}`, {
      organizationalUnits: [`unit-${unit}`], guardrails: [...others, Guardrail.allowedRegions([REGION]), Guardrail.requiredTags(['team'])],
    });
  }
}
