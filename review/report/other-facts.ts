import { Section, table, Text, text } from './document';
import { Organization } from '../assembly/assembly';

/** Kinds that other sections show. */
const SHOWN = [
  'stage', 'trusts', 'can-assume', 'access', 'member', 'records', 'reads', 'domain', 'guardrail', 'guardrail-exception',
  'guardrail-statement', 'organization-policy',
];

/** What else the app says, of kinds that nobody here knows: those of its own constructs. */
export function otherFacts({ facts }: Organization): Section[] {
  const others = facts.filter(({ kind }) => !SHOWN.includes(kind));
  const kinds = [...new Set(others.map(({ kind }) => kind))];
  return others.length === 0 ? [] : [{
    id: 'facts',
    title: 'Other facts',
    blocks: [
      text('What constructs of the app say beside all that.'),
      ...kinds.map(kind => {
        const own = others.filter(fact => fact.kind === kind);
        const rows = own.map(({ subject, name, value, source }): Text[] => [subject, name, value, [{ code: source }]]);
        return {
          kind: 'fold' as const,
          summary: [{ strong: kind }, ` ${own.length}`],
          blocks: [table(kind, ['Subject', 'Name', 'Value', 'Said by'], rows)],
        };
      }),
    ],
  }];
}
