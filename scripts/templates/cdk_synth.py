"""Makes a stack of every construct of each file, with a function for every consumer, and writes its template beside it.

    python cdk_synth.py FILE.py…
"""

import importlib.util
import inspect
import json
import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def template_of(path):
    spec = importlib.util.spec_from_file_location("tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = cdk.App()
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="eu-central-1"))

    def function(name):
        return lambda_.Function(
            stack,
            name,
            runtime=lambda_.Runtime.NODEJS_22_X,
            handler="index.handler",
            code=lambda_.Code.from_inline("exports.handler = async () => {};"),
        )

    for name, table in inspect.getmembers(module, inspect.isclass):
        if table.__module__ != "tables" or not issubclass(table, Construct):
            continue
        made = table(stack, name)
        if hasattr(made, "add_consumers"):
            consumers = inspect.signature(made.add_consumers).parameters
            made.add_consumers(**{consumer: function(f"{name}-{consumer}") for consumer in consumers})
    return app.synth().get_stack_by_name("Stack").template


for file in sys.argv[1:]:
    Path(f"{file.removesuffix('.py')}.json").write_text(json.dumps(template_of(file), indent=2))
