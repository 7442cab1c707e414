import { readFileSync } from 'fs';
import { join } from 'path';

// what is written by hand in more than one place, and is the same everywhere

const read = (...path: string[]) => readFileSync(join(__dirname, '..', ...path), 'utf8');
const { engines, peerDependencies, devDependencies } = JSON.parse(read('package.json'));
const oldest = (range: string) => range.replace('^', '');
const CDK = oldest(peerDependencies['aws-cdk-lib']);

test.each([
  ['Node', engines.node.replace('>= ', '').replace('.0', '')],
  ['aws-cdk-lib', `${CDK} and newer, tested on that and on ${devDependencies['aws-cdk-lib-newest'].split('@').pop()}`],
  ['constructs', oldest(peerDependencies.constructs)],
  ['the CDK CLI', devDependencies['aws-cdk']],
  ['Java', '17 for the example'],
  ['Python', '3.10'],
])('what is supported of %s is what is asked for', (what, version) => {
  expect(read('docs', 'releases.md')).toMatch(new RegExp(`^\\| ${what} \\| .*${version.replaceAll('.', '\\.')}\\b`, 'm'));
});

test.each([
  ['typescript', 'package.json', `"aws-cdk-lib": "^${CDK}"`],
  ['python', 'pyproject.toml', `"aws-cdk-lib>=${CDK},<3"`],
  ['java', 'pom.xml', `<cdk.version>${CDK}</cdk.version>`],
  ['go', 'go.mod', `awscdk/v2 v${CDK}`],
  ['csharp', 'src/Acme/Acme.csproj', `Include="Amazon.CDK.Lib" Version="${CDK}"`],
])('the example in %s is written for the oldest aws-cdk-lib', (language, file, text) => {
  expect(read('examples', language, file)).toContain(text);
});
