/**
 * A GraphQL schema for the programs with `graphql-ws`.
 *
 * @module
 */
import { loadPackage } from "./load_package.ts";

/** The part of `graphql-ws` that the programs use. */
export interface GraphqlClient {
  /** Makes a client. */
  createClient(options: object): Client;
}

/** A client of `graphql-ws`. */
export interface Client {
  /** The results of an operation. */
  iterate(payload: { query: string }): AsyncIterableIterator<{ data?: unknown; errors?: unknown }>;
  /** Closes the connection. */
  dispose(): void | Promise<void>;
}

interface Graphql {
  GraphQLSchema: new (config: object) => unknown;
  GraphQLObjectType: new (config: object) => unknown;
  GraphQLString: unknown;
  GraphQLInt: unknown;
}

/**
 * `{ hello }`, and `subscription { count(to: N) }`; `stopped` waits until a count was ended early.
 */
export async function makeSchema(): Promise<{ schema: unknown; stopped: () => Promise<void> }> {
  const { GraphQLSchema, GraphQLObjectType, GraphQLString, GraphQLInt } = await loadPackage<
    Graphql
  >("graphql");
  const stopped = Promise.withResolvers<void>();
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: "Query",
      fields: { hello: { type: GraphQLString, resolve: () => "world" } },
    }),
    subscription: new GraphQLObjectType({
      name: "Subscription",
      fields: {
        count: {
          type: GraphQLInt,
          args: { to: { type: GraphQLInt } },
          async *subscribe(_root: unknown, { to }: { to: number }) {
            let at = 0;
            try {
              for (; at < to; at++) {
                yield { count: at };
                await new Promise((resolve) => setTimeout(resolve, 5));
              }
            } finally {
              if (at < to) stopped.resolve();
            }
          },
        },
      },
    }),
  });
  return { schema, stopped: () => stopped.promise };
}

/** All results of an operation. */
export async function collect(client: Client, query: string): Promise<unknown[]> {
  const results: unknown[] = [];
  for await (const { data, errors } of client.iterate({ query })) results.push(data ?? errors);
  return results;
}
