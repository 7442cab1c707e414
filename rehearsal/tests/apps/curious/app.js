// an app that looks at its environment and tries to leave the machine
const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const cdk = require('aws-cdk-lib');

if (process.env.CURIOUS_REPORT) writeFileSync(process.env.CURIOUS_REPORT, JSON.stringify(process.env));
if (process.env.CURIOUS_HOST) {
  const proxy = new URL(process.env.https_proxy);
  const connect = "require('node:http').request({ host: process.argv[1], port: process.argv[2], method: 'CONNECT', path: process.argv[3] })"
    + ".on('connect', (answer) => process.exit(answer.statusCode === 403 ? 0 : 1)).end()";
  spawnSync(process.execPath, ['-e', connect, proxy.hostname, proxy.port, `${process.env.CURIOUS_HOST}:443`]);
}

const app = new cdk.App();
const root = new cdk.Stage(app, 'root', { env: { account: '111111111111', region: 'eu-west-1' } });
new cdk.CfnResource(new cdk.Stack(root, 'stack'), 'topic', { type: 'AWS::SNS::Topic' });
