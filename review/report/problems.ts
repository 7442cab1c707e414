import { Block, counted, Section, table, Text, text } from './document';
import { Assembly } from '../assembly/assembly';
import { errorsOf, Message } from '../assembly/messages';

/** Constructs of the same message that a page names. */
const MOST = 10;
const MOST_ROWS = 30;

/** Errors and warnings of the app, which whoever deploys has to know first. */
export function problems({ messages }: Pick<Assembly, 'messages'>): Section[] {
  const errors = errorsOf(messages);
  const warnings = messages.filter(({ level }) => level === 'warning');
  const pending = messages.filter(({ level, isPending }) => level === 'error' && isPending);
  return messages.length === 0 ? [] : [{
    id: 'problems',
    title: errors.length > 0 ? 'Errors and warnings' : warnings.length > 0 ? 'Warnings' : 'Not deployed yet',
    blocks: [
      ...errors.length === 0 ? [] : [text({ strong: `The CDK CLI does not deploy an app with ${counted(errors.length, 'error')}.` })],
      ...errors.length + warnings.length === 0 ? [] : [listed([...byText(errors), ...byText(warnings)])],
      ...pending.length === 0 ? [] : [folded(pending)],
    ],
  }];
}

function listed(rows: Text[][]): Block {
  return table('What the app says of itself', ['Level', 'Message', 'Constructs'], rows);
}

function folded(pending: Message[]): Block {
  const rows = byText(pending);
  return {
    kind: 'fold',
    summary: `${counted(pending.length, 'error')} of stacks that wait for accounts`,
    blocks: [listed(rows.slice(0, MOST_ROWS)), ...rows.length > MOST_ROWS ? [text(`And ${rows.length - MOST_ROWS} more.`)] : []],
  };
}

function byText(messages: Message[]): Text[][] {
  const paths = new Map<string, string[]>();
  messages.forEach(({ text: words, path, stack }) =>
    paths.set(words, [...paths.get(words) ?? [], path || stack || 'the app']));
  return [...paths].map(([words, all]): Text[] =>
    [[{ badge: messages[0].level, tone: 'warning' }], words, all.length === 1 ? all[0] : several(all)]);
}

function several(paths: string[]): Text {
  const rest = paths.length - MOST;
  return [{ summary: counted(paths.length, 'construct'), lines: [...paths.slice(0, MOST), ...rest > 0 ? [`and ${rest} more`] : []] }];
}
