import { IConstruct } from 'constructs';

/** The name of the class of a construct, as it is known in every language. */
export function kindOf(construct: IConstruct): string {
  const { constructor } = construct;
  const known = Object.getOwnPropertyDescriptor(constructor, Symbol.for('jsii.rtti'))?.value as { readonly fqn: string } | undefined;
  return known?.fqn.split('.').pop() ?? constructor.name;
}

interface Parent {
  addChild?(child: IConstruct, name: string): void;
}

/** Says whose a name is that is given twice below a scope: the CDK's own error says neither that nor what to do. */
export function tellWhoseNames(scope: IConstruct): void {
  const node = scope.node as unknown as Parent;
  const { addChild } = node;
  // a test sees to it that this is how the node is told; without it, the CDK's own error is what there is
  node.addChild = addChild && function (child, name) {
    const other = scope.node.tryFindChild(name);
    if (other) {
      throw new Error(`'${name}' is taken in '${scope.node.path}' by a ${kindOf(other)}: give the ${kindOf(child)} another id`);
    }
    addChild.call(node, child, name);
  };
}
