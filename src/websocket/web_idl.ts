/**
 * Properties as Web IDL has them, where classes of ECMAScript differ.
 *
 * @module
 */

/**
 * Makes a class an interface object: members can be enumerated, constants are on the class and its
 * prototype, and neither can be changed.
 */
export function beLikeWebIdl(
  interfaceClass: { readonly prototype: object },
  name: string,
  constants: Readonly<Record<string, number>> = {},
): void {
  const { prototype } = interfaceClass;
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== "constructor") Object.defineProperty(prototype, member, { enumerable: true });
  }
  for (const [constant, value] of Object.entries(constants)) {
    for (const target of [interfaceClass, prototype]) {
      Object.defineProperty(target, constant, { value, enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
