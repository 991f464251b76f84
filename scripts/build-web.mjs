#!/usr/bin/env node
/**
 * Makes `dist/web/`: GraphiQL as one page with all that it needs beside it, so that a hub without a way to the internet
 * serves it whole. The examples are the documents of `schema/operations/`.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { getOperationAST, parse } from 'graphql';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const outdir = resolve(root, 'dist/web');
const require = createRequire(import.meta.url);

/** Title and kind of a document: its first comment is Vietnamese, those after it are English. */
function toExample(file) {
  const text = readFileSync(resolve(root, 'schema/operations', file), 'utf8');
  const comments = /^(?:#.*\n)*/
    .exec(text)[0]
    .split('\n')
    .map((line) => line.replace(/^#\s*/, ''));
  const kind = getOperationAST(parse(text)).operation;
  const [vi, ...en] = comments.filter(Boolean);
  return { name: file.replace(/\.graphql$/, ''), kind, vi, en: en.join(' '), query: text, variables: VARIABLES[file] };
}

/** Values to start from, for the documents that cannot do without. */
const VARIABLES = {
  'sync-now.graphql': '{ "source": "khcn" }',
  'correct.graphql': `{
  "input": {
    "kind": "DEPLOYMENT",
    "province": "14",
    "system": "TTHC",
    "attributes": { "status": "READY" },
    "reason": "Đã nghiệm thu"
  }
}`,
  'withdraw-correction.graphql': '{ "id": "", "reason": "" }',
};

/** `import examples from 'examples'`. */
const examples = {
  name: 'examples',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^examples$/ }, () => ({ path: 'examples', namespace: 'examples' }));
    onLoad({ filter: /.*/, namespace: 'examples' }, () => {
      const files = readdirSync(resolve(root, 'schema/operations')).filter((file) => file.endsWith('.graphql'));
      return { contents: JSON.stringify(files.sort().map(toExample)), loader: 'json' };
    });
  },
};

const common = {
  bundle: true,
  minify: true,
  outdir,
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'file', '.woff2': 'file' },
  legalComments: 'none',
};

// The editor's modules are no direct dependency of ours; they are found from the package that brings them.
const fromGraphiql = createRequire(
  require.resolve('@graphiql/react', { paths: [dirname(require.resolve('graphiql'))] }),
);

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await Promise.all([
  build({
    ...common,
    entryPoints: { main: resolve(root, 'web/main.jsx') },
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    target: 'es2022',
    plugins: [examples],
    assetNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
  }),
  build({
    ...common,
    entryPoints: {
      'editor.worker': fromGraphiql.resolve('monaco-editor/esm/vs/editor/editor.worker.js'),
      'json.worker': fromGraphiql.resolve('monaco-editor/esm/vs/language/json/json.worker.js'),
      'graphql.worker': fromGraphiql.resolve('monaco-graphql/esm/graphql.worker.js'),
    },
    format: 'iife',
    target: 'es2022',
  }),
]);
for (const file of ['index.html', 'icon.svg']) cpSync(resolve(root, 'web', file), resolve(outdir, file));
