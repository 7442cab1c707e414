import { App } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { problems, testApp } from '../orgs';

/** A kind of wrong input, whose values all get an error of ours. */
export interface Mistake {
  /** Property or construct, and what is wrong with it: `email: without a domain`. */
  readonly kind: string;
  /** One of its values, written into an app. */
  readonly attempts: fc.Arbitrary<Attempt>;
  /** Whether an app that holds it is synthesized: the CDK CLI shows it, and deploys nothing if it is an error. */
  readonly isAnnotation: boolean;
}

export interface Attempt {
  readonly write: (app: App) => void;
  /** What the error has to say: the property, the value, and the way out. */
  readonly says: string[];
}

type Kind = <T>(
  kind: string, values: fc.Arbitrary<T> | readonly T[],
  write: (app: App, value: T) => void, says: (value: T) => string[],
) => Mistake;

/** A kind of mistake, with how to draw its values, how to write one, and what has to be said of it. */
export const mistake: Kind = (kind, values, write, says) => ({
  kind,
  attempts: (values instanceof fc.Arbitrary ? values : fc.constantFrom(...values))
    .map(value => ({ write: (app: App) => write(app, value), says: says(value) })),
  isAnnotation: false,
});

/** A kind of what is warned of, or is an error for the CDK CLI alone. */
export const annotation: Kind = (...of) => ({ ...mistake(...of), isAnnotation: true });

/** Words of so many letters, without those that no construct can be named by: every object has a `constructor`. */
export const wordOf = (least: number, most: number) =>
  fc.stringMatching(new RegExp(`^[a-z]{${least},${most}}$`)).filter(word => !(word in {}));

/** What the library says about an app that is written and synthesized. Fails if anybody else has to say it. */
export function told(write: (app: App) => void, isAnnotation = false): string[] {
  const app = testApp({ 'aws:cdk:disable-asset-staging': true });
  try {
    write(app);
    return isAnnotation ? annotations(app) : problems(app);
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    const thrower = stack.slice(stack.indexOf(message) + message.length).trim().split('\n')[0];
    if (isAnnotation || name !== 'Error' || !thrower.includes('/src/')) {
      throw error;
    }
    return [message];
  }
}

function annotations(app: App): string[] {
  const said = app.synth().stacksRecursively.flatMap(({ messages }) => messages)
    .filter(({ level }) => level !== 'info').map(({ entry }) => String(entry.data));
  // the CDK adds to a warning how to acknowledge it
  return [...new Set(said)].map(line => line.replace(/ \[ack: .*\]$/, ''));
}

/** What is wrong with the words of an error. */
export function badWords(line: string): string[] {
  const rules: Array<[string, boolean]> = [
    ['shows a token', /\$\{Token\[|#\{Token/.test(line)],
    ['shows internals of JavaScript', /\b(undefined|NaN|null)\b|\[object |Cannot read|is not a function|TypeError|=>/.test(line)],
    ['does not start in lower case', !/^['"`a-z]/.test(line)],
    ['has no way out after a colon', !/: \S/.test(line)],
    ['ends with a full stop', line.endsWith('.')],
    ['is several lines', line.includes('\n')],
  ];
  return rules.filter(([, broken]) => broken).map(([rule]) => rule);
}
