import { readFileSync } from 'fs';
import { join } from 'path';
import { REPOSITORY } from '../packages';

/** The examples of the README in the order in which they stand, of a language as it is named there. */
export function readmeExamples(language: string, text = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\b.*\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code);
}

/** The app of the README, as somebody pastes it. */
export function readmeApp(): string {
  const [organization, services] = readmeExamples('ts');
  return [
    "import { Stack } from 'aws-cdk-lib';",
    "import { AuroraPostgres, Network } from 'cdk-multi-account-org';",
    organization, services,
  ].join('\n');
}
