curl -N http://127.0.0.1:4000/graphql/stream \
  -H 'accept: text/event-stream' -H 'content-type: application/json' \
  -d '{"query": "subscription { changes { __typename ... on Change { at kind entityKind entityKey after } } }"}'
