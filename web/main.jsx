import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './style.css';
import './workers.js';
import examples from 'examples';
import { examplesPlugin } from './examples-plugin.jsx';
import { fetcher } from './fetcher.js';
import { HubTitle } from './hub-title.jsx';

/** What a new visitor finds open: a question of an analyst, and the log as it goes on. */
const OPEN_AT_FIRST = ['provinces-not-connected-to-portal', 'watch-changes'];

const defaultTabs = OPEN_AT_FIRST.flatMap((name) => {
  const example = examples.find((known) => known.name === name);
  return example ? [{ query: example.query }] : [];
});

createRoot(document.getElementById('root')).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={defaultTabs}
    plugins={[examplesPlugin, HISTORY_PLUGIN]}
    visiblePlugin={examplesPlugin}
    defaultEditorToolsVisibility={false}
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <HubTitle />
    </GraphiQL.Logo>
  </GraphiQL>,
);
