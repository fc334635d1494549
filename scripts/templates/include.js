// Reads a template of CloudFormation with CDK's CfnInclude, and prints what CDK writes of it.
//
//   node include.js TEMPLATE.json
const cdk = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');

const app = new cdk.App({ analyticsReporting: false });
const stack = new cdk.Stack(app, 'Stack', { synthesizer: new cdk.LegacyStackSynthesizer() });
new CfnInclude(stack, 'Template', { templateFile: process.argv[2] });
console.log(JSON.stringify(app.synth().getStackByName('Stack').template, null, 2));
