import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';

/** A place in the library that says what is wrong. */
export interface Site {
  readonly file: string;
  /** Its words, with `…` for what differs. */
  readonly text: string;
  readonly pattern: RegExp;
}

const SRC = join(__dirname, '..', '..', 'src');
const HOLE = '…';

// what an alarm says, or a reason for cdk-nag
const NO_MISTAKE = /is (busy|almost full|full|red|yellow|short of memory): |runs out of transaction ids|is no secret/;

/** Every sentence in the library that has a way out after a colon: what is not an error has none. */
export function sites(): Site[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => /(?<!\.d)\.ts$/.test(file)).sort().flatMap(file => {
    const source = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    const found: Site[] = [];
    const visit = (node: ts.Node): void => {
      const text = textOf(node);
      if (text === undefined) {
        ts.forEachChild(node, visit);
      } else if (/\w.*: [a-z].* /.test(text.replace(/^\S+: /, '')) && !NO_MISTAKE.test(text)) {
        found.push({ file, text, pattern: patternOf(text) });
      } else {
        ts.forEachChild(node, visit);
      }
    };
    visit(source);
    return found;
  });
}

/** Text of a literal, a template, or several that are added. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('');
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined && right === undefined ? undefined : (left ?? HOLE) + (right ?? HOLE);
  }
  return ts.isParenthesizedExpression(node) ? textOf(node.expression) ?? HOLE : undefined;
}

function patternOf(text: string): RegExp {
  return new RegExp(text.split(HOLE).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*'));
}
