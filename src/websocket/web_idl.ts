/**
 * Changes the properties of classes to those of Web IDL.
 *
 * @module
 */

/**
 * Makes a class an interface object of Web IDL: members are enumerable, constants are on the class
 * and its prototype, and constants cannot be changed.
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
