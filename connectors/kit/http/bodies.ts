import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { readJson } from '../formats/json.ts';
import { toFailure } from './attempt-failure.ts';
import type { DataAnswer, HttpAnswer } from './http-types.ts';

/** The body of a refusal, which may say more, as JSON or in the format of a success; undefined where it is neither. */
export async function refusalOf(
  answer: DataAnswer,
  bodies: AsyncIterator<Json, void, undefined>,
): Promise<Json | undefined> {
  try {
    return await readJson(answer).catch(() => firstOf(bodies));
  } catch {
    return undefined;
  }
}

/** A format gives at least one body. */
export async function firstOf(bodies: AsyncIterator<Json, void, undefined>): Promise<Json> {
  const { value, done } = await bodies.next();
  if (done) throw new TypeError('a format gave no body');
  return value;
}

/** The next body as a value; throws a `ConnectorError` where it is broken. */
export async function nextOf<T>(
  bodies: AsyncIterator<Json, void, undefined>,
  read: (body: Json) => T,
): Promise<IteratorResult<T, void>> {
  try {
    const { value, done } = await bodies.next();
    return done ? { value: undefined, done: true } : { value: read(value), done: false };
  } catch (error) {
    throw toFailure(error).error;
  }
}

export async function endOf(bodies: AsyncIterator<Json, void, undefined>): Promise<IteratorResult<never, void>> {
  await bodies.return?.();
  return { value: undefined, done: true };
}

export async function inMemory({ status, headers, setCookies, body }: DataAnswer): Promise<HttpAnswer> {
  try {
    return { status, headers, setCookies, body: await body.buffer() };
  } finally {
    await body.dispose();
  }
}
