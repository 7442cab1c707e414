"""What a command said is told without the traces around it."""

from __future__ import annotations

from pathlib import Path

from rehearsal.failures.origins import Origins
from rehearsal.failures.output import readable

NODE = """/acme/node_modules/aws-cdk-lib/aws-s3/lib/bucket.js:1
"use strict";var __createBinding=exports&&exports.__createBinding;

«InvalidBucketNameValue» Invalid S3 bucket name (value: acme_logs)
    ...new Bucket2 in aws-cdk-lib...
    at new Log (/acme/log.js:7:5)
    at <anonymous> (file:///acme/app.mjs:12:1)
    at /acme/node_modules/constructs/lib/construct.js:1:2
    ...node internals...

Node.js v20.20.2
cd /acme && node app.js: Subprocess exited with error 1"""

PYTHON = """Traceback (most recent call last):
  File "/acme/app.py", line 12, in <module>
    Log(stack, "log")
    ^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3/site-packages/jsii/_runtime.py", line 118, in __call__
    inst = super(JSIIMeta, cast(JSIIMeta, cls)).__call__(*args, **kwargs)
jsii.errors.JavaScriptError: 
  @jsii/kernel.RuntimeError: Error: Invalid S3 bucket name
      at Kernel._Kernel_ensureSync (/tmp/x/lib/program.js:1:1)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/acme/app.py", line 12, in <module>
    Log(stack, "log")
RuntimeError: Error: Invalid S3 bucket name
python3 app.py: Subprocess exited with error 1"""

JAVA = """Exception in thread "main" software.amazon.jsii.JsiiError: Invalid S3 bucket name
\tat software.amazon.jsii.JsiiRuntime.processErrorResponse(JsiiRuntime.java:108)
\tat example.acme.App.main(App.java:12)"""

VALIDATION = """/acme/app.js:8:1
ERROR Nonsense: additional properties are not allowed
   root/access/queue (queue) aws-cdk-lib.CfnResource
Synthesis finished with errors"""


def test_an_error_of_node_is_its_message():
    assert readable(NODE.splitlines()) == ["«InvalidBucketNameValue» Invalid S3 bucket name (value: acme_logs)"]
    assert Origins(Path("/acme")).lines(NODE.splitlines()) == ["log.js:7", "app.mjs:12"]


def test_an_error_of_python_is_its_message():
    assert readable(PYTHON.splitlines()) == [
        "jsii.errors.JavaScriptError: ",
        "  @jsii/kernel.RuntimeError: Error: Invalid S3 bucket name",
        "RuntimeError: Error: Invalid S3 bucket name",
    ]
    assert Origins(Path("/acme")).lines(PYTHON.splitlines()) == ["app.py:12"]


def test_an_error_of_java_is_its_message(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "App.java").touch()
    assert readable(JAVA.splitlines()) == JAVA.splitlines()[:1]
    assert Origins(tmp_path).lines(JAVA.splitlines()) == ["src/App.java:12"]


def test_what_the_cdk_validates_is_told_before_its_place():
    assert readable(VALIDATION.splitlines()) == [
        "ERROR Nonsense: additional properties are not allowed",
        "   /acme/app.js:8:1",
        "   root/access/queue (queue) aws-cdk-lib.CfnResource",
        "Synthesis finished with errors",
    ]
