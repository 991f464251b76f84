import { createClient } from 'graphql-ws';

interface Event {
  changes: { __typename: string; at?: string; kind?: string; entityKind?: string; entityKey?: string; after?: unknown };
}
const [url = 'ws://127.0.0.1:4000/graphql', after] = process.argv.slice(2);
const client = createClient({ url, retryAttempts: Number.POSITIVE_INFINITY, shouldRetry: () => true });
const query = `subscription ($after: Cursor) { changes(after: $after) { __typename
  ... on Change { at kind entityKind entityKey after } } }`;

const variables = { after };
for await (const { data, errors, extensions } of client.iterate<Event, { cursor: string }>({ query, variables })) {
  if (errors || !data) throw new Error(errors?.[0]?.message ?? 'no data');
  variables.after = extensions?.cursor; // a reconnect goes on from here: nothing missing, nothing twice
  const { __typename, at, kind, entityKind, entityKey, after: now } = data.changes;
  if (__typename === 'Change') console.log(at, kind, entityKind, entityKey, JSON.stringify(now));
  else console.log(__typename, variables.after);
}
