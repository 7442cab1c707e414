import { optionsOf } from './command-line';
import { COMMAND as DIFF, diff } from './diff/diff';
import { COMMAND as PLAN, plan } from './plan/plan';
import { COMMAND as REPORT, report } from './report/report';

export { diff, plan, report };

/** Of each command, for shells that complete them. */
export const options = { diff: optionsOf(DIFF), plan: optionsOf(PLAN), report: optionsOf(REPORT) };
