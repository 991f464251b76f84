import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createToken, hashToken, idOfToken, tokenMatches } from '../../src/services/keys/key-token.ts';

test('a token holds 256 random bits and names its id', () => {
  const asked: number[] = [];
  const issued = createToken((size) => {
    asked.push(size);
    return randomBytes(size);
  });
  expect(asked).toEqual([5, 32]);
  expect(issued.token).toMatch(/^lt_[0-9a-f]{10}_[\w-]{43}$/);
  expect(idOfToken(issued.token)).toBe(issued.id);
});

test('a token matches its own hash and no other', () => {
  const one = createToken(randomBytes);
  const other = createToken(randomBytes);
  expect(tokenMatches(one.token, one.hash)).toBe(true);
  expect(tokenMatches(other.token, one.hash)).toBe(false);
  expect(tokenMatches(one.token, '')).toBe(false);
  expect(one.hash).toBe(hashToken(one.token));
});

test.each(['', 'lt_', 'Bearer x', 'lt_0123456789_short', `lt_0123456789_${'a'.repeat(44)}`, "lt_' or 1=1 --_x"])(
  '%p is no token',
  (text) => {
    expect(idOfToken(text)).toBeNull();
  },
);
