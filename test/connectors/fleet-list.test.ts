import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connectors } from '../../connectors/index.ts';
import { standIns } from '../../connectors/stand-ins.ts';

const ROOT = join(import.meta.dirname, '../../connectors');
const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['kit', 'testkit'].includes(entry.name))
  .map(({ name }) => name)
  .sort();

describe('the fleet', () => {
  test('lists every folder as a connector and as a stand-in, once', () => {
    expect([...connectors.keys()].sort()).toEqual(folders);
    expect(standIns.map(({ connector }) => connector).sort()).toEqual(folders);
    for (const [id, connector] of connectors) expect(connector.id).toBe(id);
  });

  test.each(folders)(
    '%s has its connector, contract, mapping, stand-in and a README that says whose shape it is',
    (id) => {
      const files = readdirSync(join(ROOT, id));
      expect(files).toEqual(
        expect.arrayContaining(['README.md', 'connector.ts', 'contract.ts', 'mapping.ts', 'sandbox.ts']),
      );
      const readme = readFileSync(join(ROOT, id, 'README.md'), 'utf8');
      expect(readme).toMatch(new RegExp(`^# ${id}\\b`));
      expect(readme).toMatch(connectors.get(id)?.spec().shape === 'public' ? /public/i : /modelled/i);
      expect(readme).toMatch(/stand-in/i);
      expect(readme.split('\n').length).toBeLessThanOrEqual(40);
    },
  );
});
