import { Control, CONTROLS, UNSEEN } from './control-list';
import { byPlace, Examined, Finding } from './control-rules';
import { Block, counted, Piece, Section, table, Text, text } from './document';
import { stacksOf } from './values';
import { Assembly, Organization } from '../assembly/assembly';

const PAGE = 'https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html';

/** Lines of a control that a page shows. */
const MOST = 25;

/** What auditors ask, and what of the app shows it. */
export function controls(assembly: Assembly, organization: Organization): Section {
  const app = new Examined(assembly, organization, stacksOf(assembly, organization));
  const results = CONTROLS.map(control => ({ control, places: byPlace(control.rule(app)) }));
  const panel = ({ id }: Control) => `control-${organization.namespace}-${id.replace(/[^A-Za-z0-9]+/g, '-')}`;
  return {
    id: 'controls',
    title: 'What auditors ask',
    blocks: [
      text('What the templates, facts and guardrails of the app show of controls that auditors ask for. This is evidence of what the app '
        + 'deploys, and no assessment: whether an account is as the template says, what was made beside the app, and regions and accounts '
        + 'without a stack of it are not seen. Parameters have their defaults; what only the deployment knows shows nothing. A stack that is in no stage counts as one.'),
      table('Controls and where the app shows them', ['Control', 'Shown', 'Title', 'CIS AWS Foundations', 'NIST SP 800-53 r5'],
        results.map(({ control, places }): Text[] => [
          [control.id, ...control.fsbp ? [{ line: true } as Piece, { muted: 'FSBP' }] : []],
          [state(places), { line: true }, { opens: panel(control), label: `evidence of ${control.id}` }],
          control.title,
          (control.cis ?? []).map(one => `v${one}`).join(', '),
          nist(control),
        ])),
      text({ muted: 'IDs and related requirements are those of ' }, { code: PAGE }),
      text({ muted: `No template shows anything of: ${UNSEEN.map(({ id, title }) => `${id} (${title})`).join(', ')}. Ask AWS Security Hub for these.` }),
      ...results.map(({ control, places }): Block =>
        ({ kind: 'panel', id: panel(control), title: `Evidence of ${control.id}`, blocks: evidence(control, places) })),
    ],
  };
}

function nist({ nist: all = [] }: Control): Text {
  return all.length <= 3 ? all.join(', ') : [{ summary: counted(all.length, 'control'), lines: all }];
}

function isShown(findings: Finding[]): boolean {
  return findings.every(finding => finding.isShown);
}

function state(places: Map<string, Finding[]>): Piece {
  const shownIn = [...places.values()].filter(isShown).length;
  return places.size === 0 ? { badge: 'nothing of the kind' }
    : shownIn === 0 ? { badge: 'not shown', tone: 'warning' }
      : { badge: `shown in ${shownIn} of ${counted(places.size, 'stage')}`, tone: shownIn === places.size ? 'good' : 'warning' };
}

function evidence({ title, by }: Control, places: Map<string, Finding[]>): Block[] {
  const findings = [...places.values()].flat();
  return [
    text(`${title}. Looked for: ${by}.`),
    ...rows('Shown by', 'In', findings.filter(finding => finding.isShown)),
    ...rows('Missing', 'In', findings.filter(finding => !finding.isShown)),
  ];
}

/** What is the same in several stages is a row. */
function rows(what: string, where: string, findings: Finding[]): Block[] {
  const stages = new Map<string, Set<string>>();
  findings.forEach(finding => stages.set(finding.text, (stages.get(finding.text) ?? new Set()).add(finding.place)));
  const all = [...stages].map(([words, places]): Text[] => [words, inWords([...places])]);
  const rest = all.length - MOST;
  return all.length === 0 ? [] : [
    table(what, [what, where], all.slice(0, MOST)),
    ...rest > 0 ? [text({ muted: `And ${counted(rest, 'more', 'more')} of the kind.` })] : [],
  ];
}

function inWords(places: string[]): string {
  const rest = places.length - MOST;
  return `${places.length > 1 ? `${places.length}: ` : ''}${places.slice(0, MOST).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
