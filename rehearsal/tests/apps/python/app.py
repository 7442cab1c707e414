# an app without the CDK's library: an assembly by hand, and a look at the network
import contextlib
import json
import os
import urllib.request
from pathlib import Path

with contextlib.suppress(OSError):
    urllib.request.urlopen("https://acme.example", timeout=5)

assembly = Path(os.environ["CDK_OUTDIR"])
assembly.mkdir(parents=True, exist_ok=True)
(assembly / "root-stack.template.json").write_text(json.dumps({"Resources": {"topic": {"Type": "AWS::SNS::Topic"}}}))
artifact = {
    "type": "aws:cloudformation:stack",
    "environment": "aws://111111111111/eu-west-1",
    "properties": {"templateFile": "root-stack.template.json", "stackName": "root-stack"},
    "displayName": "root/stack",
}
(assembly / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": {"rootstack": artifact}}))
