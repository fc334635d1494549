"""Checks rendered templates with tools of others.

    python check.py CHECK OUT…      CHECK is one of: replacement openapi policies calls moto cdk terraform

OUT is the directory of rendered files; what a check needs beside it is told by check-templates.sh.
"""

import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

import boto3
import botocore.session
import botocore.validate


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def replacement(_):
    """What the tests of `diff` hold to be given once, by the provider schemas of CloudFormation that cfn-lint carries."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    documented = load(pathlib.Path(__file__).parents[2] / "theory-export/tests/diff/documented.json")["types"]
    for type_, ours in documented.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", type_).schema
        for list_ in ("createOnly", "conditionalCreateOnly"):
            theirs = sorted(path.removeprefix("/properties/") for path in schema.get(f"{list_}Properties", []))
            assert theirs == ours[list_], (type_, list_, theirs, ours[list_])
        assert set(ours["kept"]) <= set(schema["properties"]) and not set(ours["kept"]) & set(ours["createOnly"]), type_
    print(f"{len(documented)} types have the properties that are given once which the tests say")


def openapi(out):
    """The OpenAPI document of the API, with what CloudFormation fills in filled in."""
    from openapi_spec_validator import validate

    def filled(node):
        if isinstance(node, dict):
            if set(node) & {"Fn::Sub", "Fn::GetAtt"}:
                return "arn:filled:in"
            return {name: filled(value) for name, value in node.items()}
        return [filled(value) for value in node] if isinstance(node, list) else node

    body = load(out / "api-gateway_shop.json")["Resources"]["CartApi"]["Properties"]["Body"]
    validate(filled(body))
    print("the OpenAPI document is valid")


def policies(out):
    """Every policy, by parliament: findings other than that a resource is a table of any account."""
    import parliament

    checked, findings = 0, []
    for path in sorted(out.glob("iam_*.json")):
        if not path.read_text().startswith("{"):
            continue
        policy = parliament.analyze_policy_string(path.read_text())
        checked += 1
        findings += [(path.name, str(finding)) for finding in policy.findings]
    assert checked >= 2, "no policies"
    # The data that parliament carries is older than DynamoDB's condition on what is selected, and has what belongs to a resource of KMS with
    # no action ("kms:ResourceAliases" of the KMS Developer Guide).
    known = ("dynamodb:FirstPartitionKeyValues", "Unknown condition kms:ResourceAliases for action kms:Decrypt")
    findings = [finding for finding in findings if not any(text in finding[1] for text in known)]
    assert not findings, findings
    print(f"{checked} policies without findings")


def calls(out):
    """Every input of a call, by the model from which the AWS CLI is made."""
    session = botocore.session.get_session()
    validator = botocore.validate.ParamValidator()
    checked = 0
    for path in sorted(out.glob("aws-cli*.json")):
        for call in load(path):
            service, command = call["command"].split()
            operation = "".join(word.capitalize() for word in command.split("-"))
            shape = session.get_service_model(service).operation_model(operation).input_shape
            report = validator.validate(call["input"], shape)
            assert not report.has_errors(), (path.name, call["about"], report.generate_report())
            checked += 1
    assert checked > 20
    print(f"{checked} inputs fit the service models")


def moto(out):
    """Tables made by CloudFormation, by the calls, by our client and by `apply`, in moto: DynamoDB describes all alike."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    os.environ.update(
        AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-central-1", AWS_REGION="eu-central-1", AWS_ENDPOINT_URL=url
    )

    def described(make, only=None, whole=False):
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"))
        make()
        client = boto3.client("dynamodb")
        tables = {}
        for name in client.list_tables()["TableNames"]:
            if only is not None and name not in only:
                continue
            table = client.describe_table(TableName=name)["Table"]
            tags = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
            # The digest of the contract, with which `apply` stamps what it has made.
            tags = [tag for tag in tags if tag["Key"] != "theory:contract"]
            for moment in ("CreationDateTime", "TableId", "LatestStreamArn", "LatestStreamLabel"):
                table.pop(moment, None)
            # Sets, in whatever order they were given.
            for name_, key in (("AttributeDefinitions", "AttributeName"), ("GlobalSecondaryIndexes", "IndexName")):
                table.get(name_, []).sort(key=lambda one: one[key])
            # moto takes these from calls alone; what CloudFormation is told of them is compared below.
            for one in [table, *table.get("GlobalSecondaryIndexes", [])] if not whole else []:
                for unknown in ("SSEDescription", "TableClassSummary", "WarmThroughput", "OnDemandThroughput"):
                    one.pop(unknown, None)
            tables[name] = {"table": table, "tags": sorted(tags, key=str)}
        return tables

    def by_stack(template):
        boto3.client("cloudformation").create_stack(StackName="tables", TemplateBody=template)

    def by_calls(calls):
        for call in calls:
            service, command = call["command"].split()
            if service == "dynamodb":
                getattr(boto3.client(service), command.replace("-", "_"))(**call["input"])

    for name in ("shop", "ledger"):
        stack = described(lambda: by_stack((out / f"cloudformation_{name}.json").read_text()))
        called = described(lambda: by_calls(load(out / f"aws-cli_{name}.json")))
        assert stack and stack == called, (name, stack, called)
        same_input(load(out / f"cloudformation_{name}.json"), load(out / f"aws-cli_{name}.json"))
        print(f"{name}: {len(stack)} tables, described alike by a stack and by calls")

    program = os.environ["THEORY_TEMPLATES"]
    # What the client makes is paid by the request, and has what the types say; what `apply` makes has the whole contract.
    for which, command in (("bare", ["create"]), ("shop", ["apply", "--yes"])):
        template = load(out / f"cloudformation_rust_{which}.json")
        stack = described(lambda: by_stack(json.dumps(template)))

        def by_rust():
            ran = subprocess.run([program, which, *command], capture_output=True, text=True)
            # Replicas and autoscaling are left to a template: 1.
            assert ran.returncode in (0, 1), ran.stderr

        made = described(by_rust, only=set(stack))
        expected = {one["Properties"]["TableName"] for one in template["Resources"].values() if one["Type"].startswith("AWS::DynamoDB::")}
        assert set(stack) == expected and stack == made, differences(stack, made, which)
        # moto's stacks leave out ttl: it is compared with the template.
        for properties in (one["Properties"] for one in template["Resources"].values() if "TimeToLiveSpecification" in one["Properties"]):
            told = boto3.client("dynamodb").describe_time_to_live(TableName=properties["TableName"])["TimeToLiveDescription"]
            assert told == {"TimeToLiveStatus": "ENABLED", "AttributeName": properties["TimeToLiveSpecification"]["AttributeName"]}, told
        print(f"{which}: {len(stack)} tables, described alike by a stack and by `{command[0]}`")
        if command[0] == "apply":
            calls = load(out / f"aws-cli_rust_{which}.json")
            called = described(lambda: by_calls(calls), only=expected, whole=True)
            applied = described(by_rust, only=expected, whole=True)
            assert applied == called, differences(applied, called, which)
            print(f"{which}: the whole description is the same by calls and by `apply`")
    server.stop()


def same_input(template, calls):
    """What CloudFormation is told of a table, and CreateTable, but for names that the two spell differently."""
    tables = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table"]
    def inputs(about):
        return {call["input"]["TableName"]: call["input"] for call in calls if call["about"] == about}

    for table in tables:
        given = dict(inputs("table")[table["TableName"]])
        for about, specification in (("ttl", "TimeToLiveSpecification"), ("recovery", "PointInTimeRecoverySpecification")):
            alone = inputs(about).get(table["TableName"], {}).get(specification)
            assert table.get(specification) == alone, (table, alone)
        told = {name: value for name, value in table.items() if not name.startswith(("TimeToLive", "PointInTime"))}
        if "StreamSpecification" in told:
            told["StreamSpecification"] = {"StreamEnabled": True, **told["StreamSpecification"]}
        if "SSESpecification" in told:
            sse = dict(told["SSESpecification"])
            told["SSESpecification"] = {"Enabled": sse.pop("SSEEnabled"), **sse}
        if "ResourcePolicy" in told:
            told["ResourcePolicy"] = told["ResourcePolicy"]["PolicyDocument"]
            given["ResourcePolicy"] = json.loads(given["ResourcePolicy"])
        assert told == given, (told, given)


def cdk(out):
    """Constructs in both languages make what the template of CloudFormation has."""

    def tables(template):
        resources = template["Resources"].values()
        found = [one for one in resources if one["Type"] == "AWS::DynamoDB::GlobalTable"]
        return {one["Properties"]["TableName"]: normal(one) for one in found}

    def normal(resource):
        resource = json.loads(json.dumps(resource))
        properties = resource["Properties"]
        region = "eu-central-1"
        for replica in properties["Replicas"]:
            if replica["Region"] == {"Ref": "AWS::Region"}:
                replica["Region"] = region
            # CloudFormation takes an alias as it is; CDK writes its ARN.
            text = json.dumps(replica.get("SSESpecification"))
            if "alias/" in text:
                replica["SSESpecification"] = re.search("alias/[a-z]+", text)[0]
            if "Tags" in replica:
                replica["Tags"].sort(key=lambda tag: tag["Key"])
            for index in replica.get("GlobalSecondaryIndexes", []):
                # An index without a word of its own has what the table has.
                index.setdefault("ReadProvisionedThroughputSettings", replica.get("ReadProvisionedThroughputSettings"))
            indexes = [index for index in replica.pop("GlobalSecondaryIndexes", []) if any(index[name] for name in index if name != "IndexName")]
            replica["GlobalSecondaryIndexes"] = sorted(indexes, key=lambda index: index["IndexName"])
            replica.setdefault("TableClass", "STANDARD")
        properties["Replicas"].sort(key=lambda replica: replica["Region"])
        for index in properties.get("GlobalSecondaryIndexes", []):
            index.setdefault("WriteProvisionedThroughputSettings", properties.get("WriteProvisionedThroughputSettings"))
        properties["AttributeDefinitions"].sort(key=lambda one: one["AttributeName"])
        # No encryption of the account's own is said by CDK, and by silence in the template.
        if properties.get("SSESpecification") == {"SSEEnabled": False}:
            del properties["SSESpecification"]
        return {name: resource[name] for name in ("Properties", "DeletionPolicy", "UpdateReplacePolicy")}

    compared = 0
    for name in ("shop", "ledger", "global", "hostile"):
        expected = tables(load(out / f"global_{name}.json"))
        languages = ["typescript", "python"] if (out / f"cdk_{name}.python.json").exists() else ["typescript"]
        for language in languages:
            made = tables(load(out / f"cdk_{name}.{language}.json"))
            assert set(made) == set(expected), (name, set(made), set(expected))
            for table in made:
                assert made[table] == expected[table], differences(made[table], expected[table], f"{name} {language} {table}")
                compared += 1
        included = load(out / f"included_{name}.json")["Resources"]
        template = load(out / f"cloudformation_{name}.json")["Resources"]
        assert included == template, differences(included, template, f"{name} included")
    print(f"{compared} tables of constructs are those of the templates, and what CfnInclude reads it writes")


def differences(one, other, path):
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(set(one) | set(other))
        return [found for name in names for found in differences(one.get(name), other.get(name), f"{path}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for place, pair in enumerate(zip(one, other)) for found in differences(*pair, f"{path}/{place}")]
    return [] if one == other else [f"{path}: {one} is not {other}"]


def terraform(out):
    """Resources as values of the provider's own types, for a compiler to check."""
    types = {
        "aws_dynamodb_table": ("dynamodb-table", "DynamodbTableConfig"),
        "aws_dynamodb_resource_policy": ("dynamodb-resource-policy", "DynamodbResourcePolicyConfig"),
        "aws_appautoscaling_target": ("appautoscaling-target", "AppautoscalingTargetConfig"),
        "aws_appautoscaling_policy": ("appautoscaling-policy", "AppautoscalingPolicyConfig"),
        "aws_kms_alias": ("data-aws-kms-alias", "DataAwsKmsAliasConfig"),
        "aws_kms_key": ("data-aws-kms-key", "DataAwsKmsKeyConfig"),
    }
    lists = {"attribute", "global_secondary_index", "local_secondary_index", "replica", "key_schema"}

    def camel(name):
        first, *rest = name.split("_")
        return first + "".join(word.capitalize() for word in rest)

    def value(node):
        if isinstance(node, dict):
            return {camel(name): one(name, inner) for name, inner in node.items()}
        return [value(inner) for inner in node] if isinstance(node, list) else node

    def one(name, node):
        if name == "tags":
            return node
        node = value(node)
        return [node] if name in lists and isinstance(node, dict) else node

    lines = [f"import {{ {name} }} from './provider/lib/{folder}';" for folder, name in types.values()]
    lines.append("import * as cdktn from 'cdktn';")
    count = 0
    for path in sorted(out.glob("terraform_*.json")):
        document = load(path)
        for kind in ("resource", "data"):
            for type_, blocks in document.get(kind, {}).items():
                for block in blocks.values():
                    literal = json.dumps(value(block))
                    lines.append(f"export const v{count}: {types[type_][1]} = {literal};")
                    count += 1
    assert count > 8
    (out / "provider.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{count} resources written as the provider's types")


globals()[sys.argv[1]](pathlib.Path(sys.argv[2]))
