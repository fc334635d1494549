// Makes a stack of every construct of a compiled file, with a function for every consumer, and prints its template.
//
//   node cdk-synth.js FILE.js
const path = require('path');
const cdk = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');

const constructs = require(path.resolve(process.argv[2]));
const app = new cdk.App();
const stack = new cdk.Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
const made = (name) =>
  new lambda.Function(stack, name, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
for (const [name, Table] of Object.entries(constructs)) {
  const table = new Table(stack, name);
  if (table.addConsumers) {
    table.addConsumers(new Proxy({}, { get: (_, key) => made(`${name}-${String(key)}`) }));
  }
}
console.log(JSON.stringify(app.synth().getStackByName('Stack').template, null, 2));
