"""CloudFormation: its API, and its own types."""
