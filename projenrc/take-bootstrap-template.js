const { writeFileSync } = require('fs');
const { App, LegacyStackSynthesizer, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');

// the CDK reads the YAML of CloudFormation, and writes JSON
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'bootstrap', { synthesizer: new LegacyStackSynthesizer() });
new CfnInclude(stack, 'Template', { templateFile: 'node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml' });
writeFileSync('bootstrap/bootstrap-template.json', JSON.stringify(app.synth().getStackByName('bootstrap').template, undefined, 1) + '\n');
