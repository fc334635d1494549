"""Makes a stack of every construct of a file, with a function for every consumer, and prints its template.

    python cdk_synth.py FILE.py
"""

import importlib.util
import inspect
import json
import sys

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

spec = importlib.util.spec_from_file_location("tables", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

app = cdk.App()
stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="eu-central-1"))
for name, table in inspect.getmembers(module, inspect.isclass):
    if table.__module__ != "tables" or not issubclass(table, Construct):
        continue
    made = table(stack, name)
    if hasattr(made, "add_consumers"):
        functions = inspect.signature(made.add_consumers).parameters
        made.add_consumers(
            **{
                function: lambda_.Function(
                    stack,
                    f"{name}-{function}",
                    runtime=lambda_.Runtime.PROVIDED_AL2023,
                    handler="bootstrap",
                    code=lambda_.Code.from_asset(__file__.rsplit("/", 1)[0]),
                )
                for function in functions
            }
        )
print(json.dumps(app.synth().get_stack_by_name("Stack").template, indent=2))
