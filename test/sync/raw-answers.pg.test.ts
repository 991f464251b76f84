import { describe, expect, test } from '@jest/globals';
import { AnswerBody } from '../../connectors/kit/http/answer-body.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { keepRawAnswer } from '../../src/sync/raw/keep-raw-answer.ts';
import { MAX_KEPT_ANSWER_BYTES } from '../../src/sync/raw/raw-limits.ts';
import { storedAnswers } from '../../src/sync/raw/stored-answers.ts';
import { DAY_MS, OLD, systems, useMendableHub } from './mendable-hub.ts';

const { all, answers, db, now, pass, read, source } = useMendableHub();

describe('a raw answer', () => {
  test('is kept once while it stays the same, and again when it is another', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    for (let nth = 0; nth < 3; nth += 1) {
      await read(OLD);
      pass(5_000);
    }
    answers['/systems'] = systems({ province: '01', status: '1' }, { province: '04', status: '1' });
    await read(OLD);
    const kept = await all(`select request->>'path' as path, is_kept, bytes > 0 and kept_bytes > 0 as full,
      extract(epoch from last_seen_at - first_seen_at)::int as seconds from raw_answer where stream = 'systems' order by id`);
    expect(kept).toEqual([
      { path: '/systems', is_kept: true, full: true, seconds: 10 },
      { path: '/systems', is_kept: true, full: true, seconds: 0 },
    ]);
  });

  test('comes back to the letter, as of its first time and its last', async () => {
    answers['/systems'] = systems({ province: '01', status: 'Đã sẵn sàng' });
    await read(OLD);
    pass(60_000);
    await read(OLD);
    const selection = { sourceId: 'mendable', stream: 'systems', isLastOnly: false };
    const found: unknown[] = [];
    for await (const { headers, body, requestedAt, domainRequestedAt } of storedAnswers(db.database(), selection)) {
      expect(headers['content-type']).toBe('application/json');
      expect(domainRequestedAt).toEqual(requestedAt);
      found.push([requestedAt.toISOString(), JSON.parse((await body.buffer()).toString())]);
    }
    const body = { systems: [{ province: '01', status: 'Đã sẵn sàng' }] };
    expect(found).toEqual([
      ['2025-06-27T05:15:00.000Z', body],
      ['2025-06-27T05:16:00.000Z', body],
    ]);
  });

  test('of many megabytes goes in parts and comes back whole', async () => {
    const content = Buffer.from(
      Array.from({ length: 400_000 }, (_, nth) => `${nth};${(nth * 7919) % 104_729}\n`).join(''),
    );
    const raw = { request: { method: 'GET', path: '/big' }, headers: {}, body: AnswerBody.of(content) } as const;
    const context = {
      sourceId: 'mendable',
      runId: 1,
      stream: 'big',
      now: now(),
      domainRequestedAt: now(),
      keptMs: 1,
      secrets: [],
    };
    await db.em().transactional((em) => keepRawAnswer(em as never, { raw, hash: 'h' }, context));
    const [{ parts } = { parts: 0 }] = await all('select count(*)::int as parts from raw_answer_part');
    expect(parts).toBeGreaterThan(1);
    const selection = { sourceId: 'mendable', stream: 'big', isLastOnly: true };
    for await (const { body } of storedAnswers(db.database(), selection)) {
      expect((await body.buffer()).equals(content)).toBe(true);
    }
  });

  test('that is too large is noted and not kept; no credential is kept with a request', async () => {
    const body = { ...AnswerBody.of(''), bytes: MAX_KEPT_ANSWER_BYTES + 1 } as unknown as AnswerBody;
    const raw = { request: { method: 'GET', path: '/big', query: { key: 'hush' } }, headers: {}, body } as const;
    const context = { sourceId: 'mendable', runId: 1, stream: 'big', now: now(), domainRequestedAt: now(), keptMs: 1 };
    await db
      .em()
      .transactional((em) => keepRawAnswer(em as never, { raw, hash: 'h' }, { ...context, secrets: ['hush'] }));
    expect(await all('select is_kept, kept_bytes, request from raw_answer')).toEqual([
      { is_kept: false, kept_bytes: 0, request: { method: 'GET', path: '/big', query: { key: '[removed]' } } },
    ]);
  });

  test('is not kept where nobody wants it, and goes when its time is over or its source keeps too much', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    await read(OLD, { source: source(OLD, { keepRawFor: 0 }) });
    expect(await all('select 1 from raw_answer')).toEqual([]);
    await read(OLD);
    pass(2 * DAY_MS);
    answers['/systems'] = systems({ province: '01', status: '2' });
    await read(OLD);
    expect(await keepHouse(db.em(), now())).toMatchObject({ rawAnswers: 0 });
    pass(DAY_MS);
    expect(await keepHouse(db.em(), now())).toMatchObject({ rawAnswers: 1 });
    expect(await all('select request from raw_answer where first_seen_at = last_seen_at and bytes > 20')).toHaveLength(
      1,
    );
    expect(await keepHouse(db.em(), now(), 1)).toMatchObject({ rawAnswers: 2 });
    expect(await all('select 1 from raw_answer_part')).toEqual([]);
  });
});
