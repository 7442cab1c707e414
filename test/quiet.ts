import { format } from 'util';

// what a test prints, or what it tests, hides the failures of others: it is a failure itself
const printed: string[] = [];
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...words: unknown[]) => void printed.push(format(...words));
}

// said by the oldest CDK, with the newest flags of `cdk init`, before it looks at what waits for its account
const ANNOUNCEMENT = 'Performing Policy Validations\n';

afterEach(() => {
  expect(printed.splice(0).filter(line => line !== ANNOUNCEMENT)).toEqual([]);
});
