import { describe, expect, test } from '@jest/globals';
import { translateDatabaseError } from '../../src/database/translate-error.ts';
import { ConflictError, toPublicError } from '../../src/errors/index.ts';
import type { FormatError } from '../../src/live/operation.ts';
import { sendIngestError } from '../../src/transport/ingest-errors.ts';

const formatError: FormatError = (error) => toPublicError(error);

function answerTo(error: unknown): { status: number; headers: Record<string, string>; code: string } {
  const answer = { status: 0, headers: {} as Record<string, string>, code: '' };
  const response = {
    set: (name: string, value: string) => Object.assign(answer.headers, { [name]: value }),
    status(status: number) {
      answer.status = status;
      return response;
    },
    json: (body: { error: { code: string } }) => Object.assign(answer, { code: body.error.code }),
  };
  sendIngestError(response as never, error, formatError);
  return answer;
}

describe('a delivery that could not be stored', () => {
  test('is to be sent again where two of them met in the database: 409 would be the last word', () => {
    const deadlock = translateDatabaseError(Object.assign(new Error('x'), { code: '40P01' }));
    expect(answerTo(deadlock)).toEqual({ status: 503, headers: { 'retry-after': '5' }, code: 'CONFLICT' });
  });

  test('is not to be sent again where its id was used for something else', () => {
    expect(answerTo(new ConflictError('The event came before.'))).toEqual({
      status: 409,
      headers: {},
      code: 'CONFLICT',
    });
  });
});
