import { IConstruct } from 'constructs';

/** Class name of a construct or another object, as it is in every language. */
export function kindOf(value: object): string {
  const { constructor } = value;
  const known = Object.getOwnPropertyDescriptor(constructor, Symbol.for('jsii.rtti'))?.value as { readonly fqn: string } | undefined;
  return known?.fqn.split('.').pop() ?? constructor.name;
}

interface Parent {
  addChild?(child: IConstruct, name: string): void;
}

/** Reports which construct has a name that is used twice: the CDK's error says neither that nor what to do. */
export function tellWhoseNames(scope: IConstruct): void {
  const node = scope.node as unknown as Parent;
  const { addChild } = node;
  // a test checks that the node still works this way; otherwise the CDK's own error remains
  node.addChild = addChild && function (child, name) {
    const other = scope.node.tryFindChild(name);
    if (other) {
      throw new Error(`'${name}' is taken in '${scope.node.path}' by a ${kindOf(other)}: give the ${kindOf(child)} another id`);
    }
    addChild.call(node, child, name);
  };
}
