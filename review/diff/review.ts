import { Change, SECTIONS } from './change';
import { Message, refused } from '../assembly/messages';
import { inOneLine } from '../terminal';

/** Name of the file of accepted sentences, beside cdk.json. */
export const ACCEPTED = '.accepted-access';

/** A change, and whether a line of the file accepts it. */
export interface ReviewedChange extends Change {
  readonly accepted: boolean;
}

/** A line of the file that accepts nothing. */
export interface StaleLine {
  readonly line: number;
  readonly text: string;
}

export interface Review {
  readonly changes: ReviewedChange[];
  readonly stale: StaleLine[];
  /** The file of accepted sentences. */
  readonly file: string;
  /** Of the app as it is now. */
  readonly errors: Message[];
  /** What a reader has to know of the base. */
  readonly notes: string[];
}

/** Only the exact sentence of a change that widens access is a reason for a line. */
export function review(
  changes: Change[], lines: string[], file = ACCEPTED, about: Pick<Review, 'errors' | 'notes'> = { errors: [], notes: [] },
): Review {
  const accepted = lines.map((one, index) => ({ line: index + 1, text: one.trim() }))
    .filter(({ text: sentence }) => sentence !== '' && !sentence.startsWith('#'));
  const sentences = new Set(accepted.map(({ text: sentence }) => sentence));
  const widening = new Set(changes.filter(({ widens }) => widens).map(({ sentence }) => sentence));
  return {
    changes: changes.map(change => ({ ...change, accepted: change.widens && sentences.has(change.sentence) })),
    stale: accepted.filter(({ text: sentence }) => !widening.has(sentence)),
    file,
    ...about,
  };
}

export function unaccepted({ changes }: Review): ReviewedChange[] {
  return changes.filter(({ widens, accepted }) => widens && !accepted);
}

/** What is left to do, in sentences. */
export function verdict(result: Review): string[] {
  const { length } = unaccepted(result);
  return [
    ...result.errors.length === 0 ? [] : [`${refused(result.errors)}:`, ...result.errors.map(({ path, text: words }) => `${path}: ${words}`)],
    ...length === 0 ? [] : [`${length} ${length === 1 ? 'change that widens is' : 'changes that widen are'} not accepted: `
      + `accept each by its sentence as a line of '${result.file}'`],
  ];
}

export function markOf({ widens, accepted }: ReviewedChange): string {
  return accepted ? 'accepted' : widens ? 'widens' : '';
}

export function text(result: Review): string {
  const { changes, stale, file, notes } = result;
  const line = (change: ReviewedChange) => [
    `  ${markOf(change).padEnd(8)}  ${change.sentence}`,
    // the sentence of a policy has its statement
    ...change.about !== undefined ? [] : [
      ...(change.statements?.added ?? []).map(statement => `              + ${JSON.stringify(statement)}`),
      ...(change.statements?.removed ?? []).map(statement => `              - ${JSON.stringify(statement)}`),
    ],
  ];
  const sections = Object.entries(SECTIONS).flatMap(([section, title]) => {
    const own = changes.filter(change => change.section === section);
    return own.length === 0 ? [] : [`${title}:`, ...own.flatMap(line), ''];
  });
  return [
    ...changes.length === 0 ? ['No difference.'] : sections,
    ...verdict(result),
    ...stale.map(({ line: number, text: sentence }) => `line ${number} of '${file}' accepts nothing, because no change has this sentence: ${inOneLine(sentence)}`),
    ...notes.map(note => `${inOneLine(note)}.`),
    '',
  ].join('\n');
}

export function asJson({ changes, stale, errors, notes }: Review): object {
  return {
    version: 1,
    changes: changes.map(({ section, sentence, widens, accepted, statements = { added: [], removed: [] } }) =>
      ({ section, sentence, widens, accepted, ...statements })),
    stale,
    errors: errors.map(({ stack, path, text: words }) => ({ stack, path, text: words })),
    notes,
  };
}
