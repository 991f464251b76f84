import { describe, expect, test } from '@jest/globals';
import type { Format } from '../../../../connectors/kit/formats/format.ts';
import { AnswerBody } from '../../../../connectors/kit/http/answer-body.ts';
import { AnswerReader } from '../../../../connectors/kit/http/answer-reader.ts';
import type { ErrorRule } from '../../../../connectors/kit/http/error-table.ts';
import { codeIn, noAuth } from '../../../../connectors/kit/index.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';
import { NOW } from '../../support/contexts.ts';

const clock = { now: () => NOW };
const gone: ErrorRule = { when: { code: ['GONE'] }, action: 'ignore', kind: 'transient', userMessage: 'It is gone.' };

/** Reads the first of the bodies of an answer in which more are to come. */
async function readFirst(first: Json, read: (body: Json) => unknown = (body) => body) {
  const state = { isOpen: true };
  const format: Format = {
    name: 'two',
    accept: '*/*',
    async *read() {
      try {
        yield first;
        yield [];
      } finally {
        state.isOpen = false;
      }
    },
  };
  const options = { auth: noAuth(), errors: [gone], errorCodeOf: codeIn('code', []) };
  const reader = new AnswerReader(options, { clock, domainClock: clock }, () => undefined);
  const answer = { status: 200, headers: {}, setCookies: [], body: AnswerBody.of('') };
  const asked = await reader
    .read({ request: { method: 'GET', path: '/' } }, answer, format, read)
    .catch((error: Error) => error);
  return { asked, state };
}

describe('what reads an answer piece by piece is let go of', () => {
  test.each<{ name: string; first: Json; read?: (body: Json) => unknown; isFailure?: boolean }>([
    {
      name: 'where the first piece is not what was promised',
      first: [],
      read: () => {
        throw new TypeError('no list');
      },
      isFailure: true,
    },
    { name: 'where it is an error', first: { code: 'BROKEN' }, isFailure: true },
    { name: 'where it says that nothing is there', first: { code: 'GONE' } },
  ])('$name', async ({ first, read, isFailure }) => {
    const { asked, state } = await readFirst(first, read);
    if (isFailure) expect(asked).toBeInstanceOf(Error);
    else expect(asked).toEqual({ outcome: 'ignored' });
    expect(state.isOpen).toBe(false);
  });

  test('once nobody wants the rest, and not before', async () => {
    const { asked, state } = await readFirst([1]);
    if (asked instanceof Error || asked.outcome !== 'answered') throw new Error('nothing was answered');
    expect([asked.value, state.isOpen]).toEqual([[1], true]);
    await asked.more.return?.();
    expect(state.isOpen).toBe(false);
  });
});
