"""Whether CloudFormation takes our templates for templates."""

from __future__ import annotations

from botocore.exceptions import ClientError

from experiment import NO_ASSEMBLY, Outcome, Setting, compact

# of what is sent inline
LIMIT = 51_200


class Validations:
    name = "validations"
    question = "does ValidateTemplate take each template of the assembly?"
    source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html"
    costs = "nothing"
    leaves = "nothing"

    def run(self, setting: Setting) -> list[Outcome]:
        api = setting.client("cloudformation")
        outcomes = []
        for name, template in setting.templates():
            body = compact(template)
            if len(body) > LIMIT:
                outcomes.append(Outcome(name, None, f"not tried: {len(body)} bytes, of {LIMIT} that can be sent without a bucket"))
                continue
            try:
                api.validate_template(TemplateBody=body)
                outcomes.append(Outcome(name, True))
            except ClientError as error:
                outcomes.append(Outcome(name, False, str(error)))
        return outcomes or [NO_ASSEMBLY]
