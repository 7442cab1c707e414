import { App, Stage } from 'aws-cdk-lib';
import { newOutdir } from './orgs';

/** An example as the CLI runs it: the context comes by the environment, and it synthesizes itself. */
export function exampleApp(context: Record<string, unknown> = {}, example = 'typescript', outdir = newOutdir()): App {
  const environment = process.env;
  const atExit: Array<() => void> = [];
  // each has a CDK of its own, which listens for the exit of this process: Node warns of more than ten
  const listening = (['on', 'once'] as const).map(method => jest.spyOn(process, method).mockImplementation((event, listener) => {
    if (event === 'beforeExit') {
      atExit.push(listener as () => void);
    }
    return process;
  }));
  process.env = {
    ...environment,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:version-reporting': false, ...context }),
  };
  try {
    let app: App | undefined;
    jest.isolateModules(() => {
      jest.requireActual(`../examples/${example}/app`);
      app = whatSynthesizes(atExit[0], jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib').Stage);
    });
    return app!;
  } finally {
    process.env = environment;
    listening.forEach(({ mockRestore }) => mockRestore());
  }
}

/** The app that would synthesize itself when the process ends. */
function whatSynthesizes(itself: () => void, { prototype }: typeof Stage): App {
  const apps: App[] = [];
  const { synth } = prototype;
  // what a version of the CDK does with the assembly afterwards is left out, because there is none
  const stop = new Error('not to be synthesized yet');
  prototype.synth = function (this: App) {
    apps.push(this);
    throw stop;
  };
  try {
    expect(itself).toThrow(stop);
  } finally {
    prototype.synth = synth;
  }
  return apps[0];
}
