import { isAllowed, Principal, Target } from '../evaluate';
import { PROD_AND_DEV } from './principals';
import { PULLS, withoutTheKey } from './targets';

/** What somebody wants to do, and every request that has to be allowed for it. */
export interface Deed {
  readonly name: string;
  readonly takes: Target[];
  /** Whoever does it, and nobody else. */
  readonly by: string[];
}

export function deeds(targets: Target[]): Deed[] {
  const find = (name: string) => {
    const found = targets.find(target => target.name === name);
    if (!found) {
      throw new Error(`nothing is called ${name}`);
    }
    return found;
  };
  return [
    ...PROD_AND_DEV.flatMap(stage => {
      const deed = (name: string, takes: Array<string | Target>, ...by: string[]): Deed => ({
        name: `${name} in ${stage}`,
        takes: takes.map(each => typeof each === 'string' ? find(`${each} in ${stage}`) : each),
        by: [...administrators(stage), ...by.map(who => `${stage} ${who}`)].sort(),
      });
      return [
        deed('read a secret of /app', ['GetSecretValue a secret of /app', 'Decrypt a secret by the key of /app'], 'workload'),
        deed('read a secret of /application',
          ['GetSecretValue a secret of /application', 'Decrypt a secret by the key of /application']),
        deed('read a parameter of /app', ['GetParameter a parameter of /app', 'Decrypt a parameter by the key of /app'], 'workload'),
        deed('read a parameter of /application',
          ['GetParameter a parameter of /application', 'Decrypt a parameter by the key of /application']),
        deed('read a parameter of /application that the key of /app encrypts',
          ['GetParameter a parameter of /application', 'Decrypt a parameter of /application by the key of /app']),
        deed('write a secret of /app', [
          'PutSecretValue a secret of /app', 'GenerateDataKey a secret by the key of /app', 'Decrypt a secret by the key of /app',
        ], 'operator'),
        deed('write a parameter of /app', ['PutParameter a parameter of /app', 'Encrypt a parameter by the key of /app'], 'operator'),
        deed('write a parameter of /app without its key', ['PutParameter a parameter of /app', withoutTheKey('Encrypt', stage)]),
        // that is why nobody may write it but who may do everything
        deed('read a parameter of /app that was written without its key',
          ['GetParameter a parameter of /app', withoutTheKey('Decrypt', stage)], 'workload', ...people('read-only')),
        deed('sign in to the Redis', ['Connect to the Redis', 'Connect as the user of the Redis'], 'workload'),
      ];
    }),
    {
      name: 'pull acme/api of prod',
      takes: PULLS.map(action => find(`${action} of acme/api in prod`)),
      by: PROD_AND_DEV.flatMap(stage =>
        [...administrators(stage), ...['workload', 'lookup', 'lookup of us-east-1', ...people('read-only')].map(who => `${stage} ${who}`)]).sort(),
    },
  ];
}

export async function doers({ takes }: Deed, who: Principal[]): Promise<string[]> {
  const able = await Promise.all(who.map(async principal =>
    (await Promise.all(takes.map(target => isAllowed(principal, target)))).every(Boolean)));
  return who.filter((_, index) => able[index]).map(({ name }) => name).sort();
}

function administrators(stage: string): string[] {
  return [...people('admin'), ...people('organization role'), 'cfn-exec', 'cfn-exec of us-east-1'].map(role => `${stage} ${role}`);
}

function people(role: string): string[] {
  return [role, `${role}, switched to with MFA`];
}
