import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Api } from '../../src/api/index.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune } from './support/june-hub.ts';
import { operationDocuments } from './support/operations.ts';
import { ask, createTestApi } from './support/use-api.ts';

const queries = operationDocuments().filter(({ kind }) => kind === 'query');
/** The most that any analyst's question may take, however many rows there are. */
const MOST = 8;

const few: string[] = [];
const all: string[] = [];
const fewStore = useDatabase({ onStatement: (sql) => few.push(sql) });
const allStore = useDatabase({ onStatement: (sql) => all.push(sql) });
let fewApi: Api;
let allApi: Api;

beforeAll(async () => {
  await loadGround(fewStore.database());
  await loadJune(fewStore.database(), ['14', '48']);
  await loadGround(allStore.database());
  await loadJune(allStore.database());
  fewApi = await createTestApi(fewStore.database());
  allApi = await createTestApi(allStore.database());
});
afterAll(async () => {
  await fewApi?.stop();
  await allApi?.stop();
});

/** The statements that a document takes. */
async function count(api: Api, log: string[], text: string): Promise<number> {
  log.length = 0;
  const { errors } = await ask(api, text);
  expect(errors).toEqual([]);
  return log.length;
}

describe('the number of SQL statements of a document does not grow with the rows', () => {
  test.each(queries.map(({ file, text }) => [file, text]))('%s', async (_file, text) => {
    const ofFew = await count(fewApi, few, text);
    const ofAll = await count(allApi, all, text);
    expect({ statements: ofAll }).toEqual({ statements: ofFew });
    expect(ofAll).toBeGreaterThan(0);
    expect(ofAll).toBeLessThanOrEqual(MOST);
  });

  test('a change of the live feed asks the database nothing but for what hangs off it', async () => {
    all.length = 0;
    const [change] = allApi.feedFields;
    expect(change?.fieldName).toBe('changes');
    change?.filterOf({ filter: { provinces: ['01'], kinds: ['deployment'] } });
    allApi.createContext({ role: 'viewer', provinces: null, sources: null, keyId: 'k', fingerprint: 'f' });
    expect(all).toEqual([]);
  });
});
