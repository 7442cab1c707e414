# an app without the CDK's library, as of a language whose lines it does not know: two stacks that fail, each by itself
import json
import os
from pathlib import Path

assembly = Path(os.environ["CDK_OUTDIR"])
assembly.mkdir(parents=True, exist_ok=True)
artifacts = {}
for name in ("one", "two"):
    file = assembly / f"{name}.template.json"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"acme_{name}"}}
    file.write_text(json.dumps({"Resources": {"bucket": {**bucket, "Metadata": {"aws:cdk:path": f"root/{name}/bucket"}}}}))
    artifacts[f"root{name}"] = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": file.name, "stackName": f"root-{name}"},
        "displayName": f"root/{name}",
    }
(assembly / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
