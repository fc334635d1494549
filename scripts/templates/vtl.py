"""Renders the mapping templates of the API with hostile requests, puts what they make into DynamoDB Local, and has the model read it.

    python vtl.py API.json RENDER_COMMAND…     (THEORY_DYNAMODB_LOCAL_URL names the engine)

THEORY_TEMPLATES names the program of the model from which the API was made: `tests/examples/templates.rs`.
"""

import json
import os
import subprocess
import sys

import boto3
from botocore.exceptions import ClientError

TIME = "09/Apr/2026:12:34:56 +0000"
HOSTILE = [
    "plain",
    "",
    "O'Brien",
    'say "no"',
    "back\\slash",
    "line\nfeed\r\ttab\u0000\u0001\u2028",
    "é😀\u202e\ufeff",
    '"},"admin":{"BOOL":true},"x":{"S":"',
    '\\"},\\"admin\\":{\\"BOOL\\":true}',
    "${k_cartId}$input.path('$')#set($ok = true)#end",
    "#if(true)x#end##comment",
    "</script><!--",
    "\\u0022},\\u0022admin\\u0022:{",
]


def main(api_file, render):
    with open(api_file) as file:
        resources = json.load(file)["Resources"]
    body = resources["CartApi"]["Properties"]["Body"]
    methods = {
        "create": body["paths"]["/cart"]["post"],
        "get": body["paths"]["/cart/{cartId}"]["get"],
        "delete": body["paths"]["/cart/{cartId}"]["delete"],
    }

    def integration(method):
        return methods[method]["x-amazon-apigateway-integration"]

    def rendered(cases):
        cases = [{"requestTime": TIME, "params": {}, "body": "{}", **case} for case in cases]
        done = subprocess.run(render, input=json.dumps(cases), capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        results = json.loads(done.stdout)
        for case, result in zip(cases, results):
            assert "error" not in result, (result, case["body"])
        return results

    def request(method, bodies=(), params=()):
        template = integration(method)["requestTemplates"]["application/json"]
        cases = [{"template": template, "body": json.dumps(body)} for body in bodies]
        cases += [{"template": template, "params": {"cartId": param}} for param in params]
        return [json.loads(result["text"]) for result in rendered(cases)]

    def answers(method, responses):
        mapping = integration(method)["responses"]
        cases = []
        for status, response in responses:
            key = "default" if status == 200 else "4\\d{2}"
            cases.append({"template": mapping[key]["responseTemplates"]["application/json"], "body": json.dumps(response)})
        statuses = [mapping["default" if status == 200 else "4\\d{2}"]["statusCode"] for status, _ in responses]
        results = rendered(cases)
        return [
            (int(result["status"] or status), json.loads(result["text"]) if result["text"].strip() else None)
            for status, result in zip(statuses, results)
        ]

    client = boto3.client(
        "dynamodb",
        endpoint_url=os.environ["THEORY_DYNAMODB_LOCAL_URL"],
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    client.create_table(
        TableName="carts",
        AttributeDefinitions=[{"AttributeName": "cartId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "cartId", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def send(operation, made):
        """What DynamoDB answers to what a template made, as a status and a body."""
        try:
            answer = getattr(client, operation)(**made)
            return 200, {"Item": answer["Item"]} if "Item" in answer else {}
        except ClientError as error:
            return 400, {"__type": "com.amazonaws.dynamodb#" + error.response["Error"]["Code"]}
        except Exception as error:  # what botocore refuses to send, DynamoDB could not read
            assert type(error).__name__ == "ParamValidationError", error
            return 400, {"__type": "com.amazon.coral.service#SerializationException"}

    # Every hostile text is stored as it is, in every place that text may have, and nothing beside it.
    carts = [
        {
            "cartId": f"cart-{number}",
            "customer": text,
            "count": [0, -1, 1.5, 1e3, 12345678901234567][number % 5],
            "note": text,
            "gift": number % 2 == 0,
            "tags": [text + "1", text + "2"],
            "lines": [{"sku": text, "quantity": number}, {"sku": "second", "quantity": 0.25}],
        }
        for number, text in enumerate(HOSTILE)
    ]
    numbers = {0: "0", -1: "-1", 1.5: "1.5", 1e3: "1000", 12345678901234567: "12345678901234567", 0.25: "0.25"}
    for cart, made in zip(carts, request("create", carts)):
        status, answer = send("put_item", made)
        assert status == 200, (cart, made, answer)
        stored = client.get_item(TableName="carts", Key={"cartId": {"S": cart["cartId"]}})["Item"]
        expected = {
            "cartId": {"S": cart["cartId"]},
            "customer": {"S": cart["customer"]},
            "count": {"N": numbers[cart["count"]]},
            "note": {"S": cart["note"]},
            "gift": {"BOOL": cart["gift"]},
            "lines": {
                "L": [
                    {"M": {"sku": {"S": line["sku"]}, "quantity": {"N": numbers.get(line["quantity"], str(line["quantity"]))}}}
                    for line in cart["lines"]
                ]
            },
            "version": {"N": "0"},
            "createdAt": {"S": "2026-04-09T12:34:56.000000000Z"},
            "updatedAt": {"S": "2026-04-09T12:34:56.000000000Z"},
        }
        tags = stored.pop("tags")
        assert sorted(tags["SS"]) == sorted(cart["tags"]), (tags, cart)
        assert stored == expected, (stored, expected)

    # The model, in Rust, reads every item as what was sent, to the last character and digit.
    model = {**os.environ, "AWS_ENDPOINT_URL": os.environ["THEORY_DYNAMODB_LOCAL_URL"], "AWS_REGION": "us-east-1"}
    model |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    read = subprocess.run([os.environ["THEORY_TEMPLATES"], "carts", "read"], env=model, capture_output=True, encoding="utf-8")
    assert read.returncode == 0, read.stderr
    understood = {cart["cartId"]: cart for cart in json.loads(read.stdout)}
    stamps = {"version": 0, "createdAt": "2026-04-09T12:34:56.000000000Z", "updatedAt": "2026-04-09T12:34:56.000000000Z", "expires": None}
    assert len(understood) == len(carts), understood
    for cart in carts:
        lines = [{**line, "quantity": numbers.get(line["quantity"], str(line["quantity"]))} for line in cart["lines"]]
        expected = {**cart, "tags": sorted(cart["tags"]), "count": numbers[cart["count"]], "lines": lines, **stamps}
        found = understood[cart["cartId"]]
        # Rust sorts text by its bytes.
        found["tags"].sort()
        assert found == expected, (found, expected)

    # Read back through the API, it is what was sent.
    got = [send("get_item", made) for made in request("get", params=[cart["cartId"] for cart in carts])]
    for cart, (status, answer) in zip(carts, answers("get", got)):
        answer["tags"].sort()
        del answer["version"], answer["createdAt"], answer["updatedAt"]
        assert status == 200 and answer == {**cart, "tags": sorted(cart["tags"])}, (answer, cart)

    # A second creation is a conflict; what is not there is not found; a deletion may be repeated.
    again = answers("create", [send("put_item", made) for made in request("create", carts[:1])])
    assert again[0][0] == 409, again
    missing = answers("get", [send("get_item", made) for made in request("get", params=["none"])])
    assert missing[0][0] == 404, missing
    gone = answers("delete", [send("delete_item", made) for made in request("delete", params=["cart-0", "cart-0"])])
    assert [status for status, _ in gone] == [204, 204], gone

    # What is not of the expected type never becomes an item, although no schema has looked at it here.
    good = {"cartId": "bad", "customer": "c", "count": 1, "lines": []}
    injected = {"S": "x", "admin": {"BOOL": True}}
    bad = [{**good, "cartId": text} for text in HOSTILE if text != "plain"]
    bad += [{**good, "count": text} for text in HOSTILE] + [{**good, "count": value} for value in (None, True, [], injected)]
    bad += [{**good, "customer": value} for value in (None, 1, True, [], injected)]
    bad += [{**good, "gift": value} for value in ("true", 1, injected, "true,\"x\":1")]
    bad += [{**good, "tags": value} for value in ("a", [1], ["a", injected], injected)]
    bad += [{**good, "lines": value} for value in ("a", injected, ["a"], [{"sku": "x"}], [{"sku": 1, "quantity": 1}], [{"sku": "x", "quantity": "1\",\"x\":\"2"}])]
    bad += [{}, [], "text", {"customer": "c"}, {**good, "tags": ["a", "a"]}]
    for case, made in zip(bad, request("create", bad)):
        status, answer = send("put_item", made)
        assert status == 400, (case, made)
    keys = [text for text in HOSTILE if text != "plain"] + ["a/b", "a#b", "%22", "x" * 256]
    for key, made in zip(keys, request("get", params=keys)):
        assert made == {"TableName": ""}, (key, made)
    refused = answers("create", [send("put_item", made) for made in request("create", bad[:3])])
    assert all(answer == (400, {"message": "not a valid request"}) for answer in refused), refused
    other = answers(
        "create",
        [(400, {"__type": "x#ThrottlingException"}), (400, {"__type": "x#AccessDeniedException", "message": "secret"})],
    )
    assert other == [(429, {"message": "too many requests"}), (502, {"message": "not available"})], other
    scanned = client.scan(TableName="carts")["Items"]
    names = {"cartId", "customer", "count", "note", "gift", "tags", "lines", "version", "createdAt", "updatedAt"}
    assert len(scanned) == len(carts) - 1 and all(set(item) <= names for item in scanned)
    # An unknown member is refused by the schema, and is not stored where it is not.
    made = request("create", [{**good, "cartId": "more", "admin": True}])[0]
    assert set(made["Item"]) <= names, made
    print(f"{len(carts)} hostile items stored as they were sent, and read so by the model; {len(bad) + len(keys)} malformed requests refused")


main(sys.argv[1], sys.argv[2:])
