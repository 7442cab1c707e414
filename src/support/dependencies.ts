import { CfnResource, Stack } from 'aws-cdk-lib';

// newer versions of the CDK have other names for these, and print a deprecation warning for the old ones

interface NewerStack {
  addStackDependency?(on: Stack): void;
}

interface NewerResource {
  addResourceDependency?(on: CfnResource): void;
}

/** Deploys a stack after another one of its stage. */
export function deployAfter(stack: Stack, other: Stack): void {
  const newer = stack as NewerStack;
  return newer.addStackDependency ? newer.addStackDependency(other) : stack.addDependency(other);
}

/** Creates a resource after another one of its stack. */
export function createAfter(resource: CfnResource, other: CfnResource): void {
  const newer = resource as NewerResource;
  return newer.addResourceDependency ? newer.addResourceDependency(other) : resource.addDependency(other);
}
