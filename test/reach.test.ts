import { execFile } from 'child_process';
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { Aspects, Stack, Tags } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';
import { acme, Acme, discovered, newOutdir, PROD, ROOT, synthesize } from './orgs';

jest.setTimeout(120_000);

// what the README says that a command, a tag and an aspect reach, by the CLI itself

function shop(change: (acme: Acme) => void = () => {}) {
  const { app } = discovered(found => {
    const defined = acme(found);
    defined.org.addAuditTrail({ storedIn: defined.audit });
    new Topic(new Stack(defined.prod, 'shop'), 'topic');
    change(defined);
    return defined;
  });
  return synthesize(app);
}

describe('a command', () => {
  const { assembly, stacks } = shop();
  let sts: Server;

  beforeAll(done => {
    // all of AWS that these commands see: the credentials are those of root
    sts = createServer((_, response) => {
      response.setHeader('content-type', 'text/xml');
      response.end(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${ROOT}</Account>`
        + `<Arn>arn:aws:iam::${ROOT}:user/ada</Arn><UserId>A</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`);
    }).listen(0, '127.0.0.1', done);
  });
  afterAll(done => { sts.close(done); });

  const cdk = (...words: string[]) => new Promise<string>(resolve => {
    const env = {
      PATH: process.env.PATH,
      HOME: newOutdir('home'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'a',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
    };
    const options = ['--no-notices', '--no-version-reporting', '--no-lookups', '--no-color', '--app', assembly.directory];
    execFile(process.execPath, [require.resolve('aws-cdk/bin/cdk'), ...words, ...options], { env },
      (_, stdout, stderr) => resolve(stdout + stderr));
  });
  const listed = async (pattern: string) => (await cdk('ls', pattern)).split('\n').flatMap(line => /^(acme\/\S+)/.exec(line)?.[1] ?? []).sort();
  const below = (folder: string) => [...stacks.keys()].filter(path => path.startsWith(folder)).sort();

  test.each([['**', ''], ['acme/prod/*', 'acme/prod/'], ['acme/audit/*', 'acme/audit/'], ['acme/audit-trail/*', 'acme/audit-trail/']])(
    'with %s reaches what begins with %j', async (pattern, folder) => expect(await listed(pattern)).toEqual(below(folder)));

  test.each(['acme/*', '*', 'acme/prod', 'acme-prod-shop'])('with %s reaches nothing', async pattern => {
    expect(await listed(pattern)).toEqual([]);
    expect(await cdk('deploy', pattern)).toContain(`No stacks match the name(s) ${pattern}`);
  });

  test('diff without a pattern reaches nothing', async () => {
    expect(await cdk('diff')).toContain('Number of stacks with differences: 0');
  });

  test.each(['deploy', 'destroy', 'rollback', 'import'])('%s without a pattern is an error', async command => {
    expect(await cdk(command)).toContain('specify which stacks to use');
  });

  test.each(['deploy', 'destroy', 'rollback'])('%s --all is an error', async command => {
    expect(await cdk(command, '--all')).toContain('No stack found in the main cloud assembly');
  });

  test('drift enters no other account', async () => {
    expect(await cdk('drift', 'acme/prod/shop')).toContain(`Need to perform AWS calls for account ${PROD}, but the current credentials are for ${ROOT}`);
  });
});

test.each<[string, (acme: Acme) => IConstruct[], (path: string) => boolean]>([
  ['of the app reach nothing', ({ app }) => [app], () => false],
  ['of the organization reach nothing', ({ org }) => [org], () => false],
  ['of a stage reach its stacks', ({ prod }) => [prod], path => path.startsWith('acme/prod/')],
  ['of all stages reach every stack', ({ org }) => org.allStages, () => true],
])('tags and aspects %s', (_, scopes, reached) => {
  const visited = new Set<string>();
  const { stacks } = shop(defined => scopes(defined).forEach(scope => {
    Tags.of(scope).add('owner', 'acme');
    Aspects.of(scope).add({ visit: construct => Stack.isStack(construct) && visited.add(construct.node.path) });
  }));
  const expected = [...stacks.keys()].filter(reached).sort();
  expect([...visited].sort()).toEqual(expected);
  expect([...stacks].filter(([, { tags }]) => tags.owner === 'acme').map(([path]) => path).sort()).toEqual(expected);
});
