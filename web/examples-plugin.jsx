import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import examples from 'examples';

const GROUPS = [
  { kind: 'query', title: 'Câu hỏi · Questions' },
  { kind: 'subscription', title: 'Theo dõi · Live' },
  { kind: 'mutation', title: 'Điều hành · Operating' },
];

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M4 5h16M4 12h10M4 19h13" strokeLinecap="round" />
      <path d="m17 9 4 3-4 3z" fill="currentColor" />
    </svg>
  );
}

/** The documents of schema/operations; a click opens one in a tab of its own. */
function Examples() {
  const { addTab, stop } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const open = ({ query, variables }) => {
    // A subscription that goes on would write its answers into the new tab.
    stop();
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables ?? '');
  };
  return (
    <section className="examples" aria-label="Examples">
      <h2>Ví dụ · Examples</h2>
      {GROUPS.map(({ kind, title }) => (
        <div key={kind}>
          <h3>{title}</h3>
          <ul>
            {examples
              .filter((example) => example.kind === kind)
              .map((example) => (
                <li key={example.name}>
                  <button type="button" onClick={() => open(example)}>
                    <span lang="vi">{example.vi}</span>
                    <span lang="en">{example.en}</span>
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

export const examplesPlugin = { title: 'Ví dụ · Examples', icon: Icon, content: Examples };
