"""Deploys a CDK app, with the real CDK CLI, into an emulated AWS on this machine."""
