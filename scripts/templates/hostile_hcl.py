"""Has Terraform evaluate strings of a rendered file, and compares them with what the contract says.

    python hostile_hcl.py FILE.tf CONTRACT.json FOLDER     writes a configuration with the file's strings as outputs
    python hostile_hcl.py FOLDER                           compares what Terraform put out
"""

import json
import re
import sys
from pathlib import Path

if len(sys.argv) == 4:
    text, contract, folder = Path(sys.argv[1]).read_text(), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    names = re.findall(r'^ *(?:name|hash_key|range_key|attribute_name) *= (".*")$', text, re.M)
    # Every table has tags: those of the one that is compared.
    of_class = text[re.search(r'^  name *= "class"$', text, re.M).start():]
    tags = re.search(r"^  tags = \{\n(.*?)^  \}", of_class, re.M | re.S)[1]
    policy = re.search(r"^  policy = (jsonencode\(\{.*?^  \}\))", text, re.M | re.S)[1]
    (folder / "main.tf").write_text(
        f"output \"names\" {{\n  value = [{', '.join(names)}]\n}}\n"
        f"output \"tags\" {{\n  value = {{\n{tags}}}\n}}\noutput \"policy\" {{\n  value = {policy}\n}}\n"
    )
    table = next(table for table in contract["tables"] if table["name"] == "class")
    key = table["key"]["partition"] + table["key"]["sort"]
    keys = key + [one for index in table["indexes"] for side in ("partition", "sort") for one in index["key"][side]]
    expected = {"names": sorted({one["name"] for one in keys} | {table["ttl"]}), "tags": table["tags"], "policy": table["resourcePolicy"]}
    (folder / "expected.json").write_text(json.dumps(expected))
else:
    folder = Path(sys.argv[1])
    expected = json.loads((folder / "expected.json").read_text())
    output = {name: one["value"] for name, one in json.loads((folder / "output.json").read_text()).items()}
    missing = set(expected["names"]) - set(output["names"])
    assert not missing, (missing, output["names"])
    assert output["tags"].pop("theory:contract").startswith("sha256:"), output["tags"]
    assert output["tags"] == expected["tags"], output["tags"]
    assert json.loads(output["policy"]) == expected["policy"], output["policy"]
    print(f"Terraform reads {len(expected['names'])} hostile names, tags and a policy as they are")
