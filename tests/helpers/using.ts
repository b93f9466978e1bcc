/**
 * Resources that a test closes at its end.
 *
 * @module
 */

/** Does what `await using` does, whose words Node 22 cannot read. */
export async function using<Resource extends AsyncDisposable>(
  resource: Resource,
  use: (resource: Resource) => unknown,
): Promise<void> {
  try {
    await use(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}
