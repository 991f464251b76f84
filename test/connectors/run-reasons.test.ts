import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { isUnderstood, type RunReason } from './support/run-reasons.ts';

/** A failure's kind and words as they stand in the code: thrown by a connector or the kit, or a rule of an error table. */
const PHRASES = [
  /ConnectorError\.of\(\s*'(?<kind>\w+)',\s*(?<quoted>(?<quote>['"`]).*?\k<quote>)(?=\s*[,)])/gs,
  /kind: '(?<kind>\w+)',\s*userMessage:\s*(?<quoted>(?<quote>['"`]).*?\k<quote>)(?=\s*[,}])/gs,
];

test('every reason that a connector or the kit gives for a failed run is one that people understand', async () => {
  const reasons: RunReason[] = [];
  for await (const file of glob('connectors/**/*.ts', {
    exclude: ['**/testkit/**', '**/sandbox*/**', '**/sandbox*.ts'],
  })) {
    const code = readFileSync(file, 'utf8');
    for (const { groups = {} } of PHRASES.flatMap((phrase) => [...code.matchAll(phrase)])) {
      const message = (groups.quoted ?? '').slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '7');
      reasons.push({ code: `UPSTREAM_${(groups.kind ?? '').toUpperCase()}`, message });
    }
  }
  expect(reasons.length).toBeGreaterThan(60);
  expect(reasons.filter((reason) => !isUnderstood(reason))).toEqual([]);
});
