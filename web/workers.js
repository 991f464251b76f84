/** The editor does its reading of GraphQL and JSON in workers; they are files of ours, beside this one. */
const FILES = { json: 'json.worker.js', graphql: 'graphql.worker.js' };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(`/graphiql/${FILES[label] ?? 'editor.worker.js'}`),
};
