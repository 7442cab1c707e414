import { Arrow, Card, cards, Chip, Note } from './cards';
import { Block, counted, Item, lines, Picture, Section, table, Text, text } from './document';
import { Guardrails, ORGANIZATION, unitOf } from './guardrails';
import { Fact, NO_ACCOUNT, Organization, Stage } from '../assembly/assembly';

/** Units, accounts, and which guardrails are in force on each. */
export function chart(organization: Organization): Section {
  const { stages } = organization;
  const guardrails = new Guardrails(organization.facts);
  return {
    id: 'organization',
    title: 'Organization',
    blocks: stages.length === 0 ? [{ kind: 'text', text: 'The app says nothing of its accounts.' }]
      : [
        picture(organization, guardrails), accounts(stages, guardrails), ...placeholder(stages),
        ...attachments(guardrails),
      ],
  };
}

/** The picture of an organization alone. */
export function orgChart(organization: Organization): Picture {
  return picture(organization, new Guardrails(organization.facts));
}

/** In ARNs and names of buckets. */
function placeholder(stages: Stage[]): Block[] {
  return stages.every(({ account }) => account !== undefined) ? []
    : [text({ muted: 'Below, ' }, { code: NO_ACCOUNT }, { muted: ' stands for an account that is not there yet.' })];
}

function picture({ namespace, stages, facts }: Organization, guardrails: Guardrails): Picture {
  const units = unitsOf(stages, facts);
  const [root] = stages;
  const chips = (unit: string | undefined): Chip[] => stages.filter(stage => unitOf(stage) === unit).map(stage => ({
    title: stage.name,
    lines: [stage.account ?? 'no account yet', ...profile(stage) ? [profile(stage)] : [], ...guardrails.ofStage(stage)],
    kind: profile(stage),
  }));
  const notes = (subject: string): Note[] => {
    const names = guardrails.on(subject);
    return names.length === 0 ? [] : [{ title: counted(names.length, 'guardrail'), words: names }];
  };
  const boxes: Card[] = [
    { id: ORGANIZATION, title: namespace, subtitle: origin(root), notes: notes(ORGANIZATION), chips: chips(undefined) },
    ...units.map(unit => ({
      id: `unit ${unit}`, title: unit.split('/').pop()!, subtitle: `unit, ${counted(chips(unit).length, 'account')}`, notes: notes(`unit ${unit}`), chips: chips(unit),
    })),
  ];
  const arrows: Arrow[] = units.map(unit => ({ from: unit.includes('/') ? `unit ${above(unit)}` : ORGANIZATION, to: `unit ${unit}` }));
  const described = `${counted(stages.length, 'account')} in ${counted(units.length, 'unit')}; the table of accounts says the same.`;
  return cards(`Organization chart of ${namespace}`, described, boxes, arrows, [{ kind: 'list', items: [asItem(boxes, arrows, ORGANIZATION)] }]);
}

function asItem(boxes: Card[], arrows: Arrow[], id: string): Item {
  const { title, notes = [], chips = [] } = boxes.find(box => box.id === id)!;
  return {
    text: [{ strong: title }, ...notes.map(note => ` (${note.title}: ${note.words.join(', ')})`)],
    items: [
      ...chips.map(chip => ({ text: [{ strong: chip.title }, ` ${chip.lines.join(', ')}`] })),
      ...arrows.filter(({ from }) => from === id).map(({ to }) => asItem(boxes, arrows, to)),
    ],
  };
}

function origin(root?: Stage): string {
  const words: Record<string, string> = {
    'created': 'organization that this app creates',
    'existing': 'organization that was there before',
    'member-accounts': 'accounts of an organization',
    'single-account': 'all stages in one account',
  };
  const source = root?.facts.get('organization') ?? '';
  return words[source] ?? `organization ${source}`.trimEnd();
}

function accounts(stages: Stage[], guardrails: Guardrails): Block {
  return table('Accounts', ['Stage', 'Account', 'E-mail', 'Unit', 'Profile', 'Region', 'Guardrails in force'], stages.map((stage): Text[] => {
    const names = guardrails.inForce(stage);
    return [
      stage.name,
      stage.account ? [{ code: stage.account }] : [{ badge: 'not there yet', tone: 'warning' }],
      stage.facts.get('email') ?? '',
      unitOf(stage) ?? '',
      profile(stage),
      stage.facts.get('region') ?? '',
      names.length === 0 ? 'none' : [{ summary: `${names.length}`, lines: names }],
    ];
  }));
}

function profile(stage: Stage): string {
  return stage.facts.get('profile') ?? '';
}

function above(unit: string): string {
  return unit.slice(0, unit.lastIndexOf('/'));
}

/** Those of accounts, those that guardrails name, and all above them. */
function unitsOf(stages: Stage[], facts: Fact[]): string[] {
  const named = [
    ...stages.flatMap(stage => unitOf(stage) ?? []),
    ...facts.flatMap(({ kind, subject }) => kind === 'guardrail' && subject.startsWith('unit ') ? subject.slice('unit '.length) : []),
  ];
  return [...new Set(named.flatMap(unit => unit.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))))];
}

function attachments({ facts, exceptions, names, statements }: Guardrails): Block[] {
  return names.length === 0 ? [] : [{
    kind: 'fold',
    summary: [{ strong: 'Guardrails' }, ` ${names.length}: what each is attached to`],
    blocks: [table('Guardrails', ['Guardrail', 'As', 'On', 'Except', 'In the policies'], names.map((name): Text[] => {
      const own = facts.filter(fact => fact.name === name);
      return [
        name,
        [...new Set(own.map(({ value }) => value.toLowerCase().replace(/_/g, ' ')))].join(', '),
        [...new Set(own.map(({ subject }) => subject))].join(', '),
        lines(exceptions.filter(fact => fact.name === name).map(({ value }) => value.replace(/^principal /, ''))),
        lines([...new Set(statements.filter(fact => fact.value === name).map(({ subject }) => subject))]),
      ];
    }))],
  }];
}
