import { Language } from './language';
import { run } from '../packages';

const MODULE = 'github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg';

export const GO: Language = {
  name: 'go',
  tools: [['go', 'version']],
  install(project, { dist }) {
    run(project, 'go', ['mod', 'edit', '-replace', `${MODULE}=${dist}/go/cdkmultiaccountorg`]);
    run(project, 'go', ['mod', 'tidy']);
    run(project, 'go', ['vet', './...']);
    const unformatted = run(project, 'gofmt', ['-l', '.']).output.trim();
    if (unformatted !== '') {
      throw new Error(`gofmt would change ${unformatted}: run 'gofmt -w examples/go'`);
    }
    return { from: 'cdkmultiaccountorg, by replace' };
  },
};
