import { describe, expect, test } from '@jest/globals';
import { translateDatabaseError } from '../../src/database/translate-error.ts';
import { BadUserInputError } from '../../src/errors/index.ts';

const SECRET_SQL = 'insert into api_key values (1)';

function driverError(code: string, message = `failed: ${SECRET_SQL}`): Error {
  return Object.assign(new Error(message), { code });
}

describe('an error of the database', () => {
  test.each([
    ['connection refused', driverError('ECONNREFUSED'), 'UNAVAILABLE', true],
    ['connection failure', driverError('08006'), 'UNAVAILABLE', true],
    ['server shutting down', driverError('57P01'), 'UNAVAILABLE', true],
    ['server starting up', driverError('57P03'), 'UNAVAILABLE', true],
    ['closed for writing, as a standby is', driverError('25006'), 'UNAVAILABLE', true],
    ['too many connections', driverError('53300'), 'UNAVAILABLE', true],
    ['cut in the middle, in words only', new Error('Connection terminated unexpectedly'), 'UNAVAILABLE', true],
    ['pool used up', new Error('timeout exceeded when trying to connect'), 'UNAVAILABLE', true],
    ['statement timeout', driverError('57014'), 'TIMEOUT', true],
    ['serialization failure', driverError('40001'), 'CONFLICT', true],
    ['deadlock', driverError('40P01'), 'CONFLICT', true],
    ['unique violation', driverError('23505'), 'CONFLICT', false],
    ['other constraint', driverError('23503'), 'CONFLICT', false],
    ['invalid text representation', driverError('22P02'), 'BAD_USER_INPUT', false],
    ['wrong password', driverError('28P01'), 'CONFIGURATION', false],
    ['no such database', driverError('3D000'), 'CONFIGURATION', false],
    ['aborted by the caller', Object.assign(new Error('x'), { name: 'AbortError' }), 'CANCELLED', false],
  ])('%s', (_case, error, code, retryable) => {
    const translated = translateDatabaseError(error) as Error;
    expect(translated).toMatchObject({ code, retryable, cause: error });
    expect(translated.message).not.toContain(SECRET_SQL);
  });

  test('is recognised below what the ORM and several attempts to connect wrap around it', () => {
    const wrapped = Object.assign(new Error('x'), { previous: driverError('57014') });
    expect(translateDatabaseError(wrapped)).toMatchObject({ code: 'TIMEOUT' });
    expect(translateDatabaseError(new AggregateError([driverError('ECONNREFUSED')]))).toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test('is left as it is when it is ours, or a mistake in our SQL, which the edge masks', () => {
    const ours = new BadUserInputError('x');
    expect(translateDatabaseError(ours)).toBe(ours);
    const mistake = driverError('42601');
    expect(translateDatabaseError(mistake)).toBe(mistake);
  });
});
