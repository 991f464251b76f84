import type { FailureKind } from '../connector-error.ts';

/** `ignore`: nothing is there, and that is no failure. `reauthenticate`: renew the session and ask once more. */
export type ErrorAction = 'retry' | 'reauthenticate' | 'rate-limited' | 'ignore' | 'fail';

/** What an upstream's way to say no means. The first rule that matches counts. */
export interface ErrorRule {
  readonly when: {
    /** One status, or from and to. */
    readonly status?: number | readonly [from: number, to: number];
    /** The code that the body gives; `*` is any code but success. */
    readonly code?: readonly string[];
  };
  readonly action: ErrorAction;
  readonly kind: FailureKind;
  /** What is wrong and what to do. */
  readonly userMessage: string;
  readonly logMessage?: string;
}

/** What counts where the upstream's own table says nothing. */
export const defaultErrorTable: readonly ErrorRule[] = [
  {
    when: { status: 401 },
    action: 'reauthenticate',
    kind: 'configuration',
    userMessage: 'The upstream refuses the credentials; check the environment variables that the source names.',
  },
  {
    when: { status: 403 },
    action: 'fail',
    kind: 'configuration',
    userMessage: 'The credentials have no right to this service; ask the upstream for it.',
  },
  {
    when: { status: 429 },
    action: 'rate-limited',
    kind: 'transient',
    userMessage: 'The upstream limits how often it may be asked; the next run goes on.',
  },
  { when: { status: 408 }, action: 'retry', kind: 'transient', userMessage: 'The upstream timed out.' },
  { when: { status: 500 }, action: 'retry', kind: 'system', userMessage: 'The upstream has an internal error.' },
  { when: { status: [501, 599] }, action: 'retry', kind: 'transient', userMessage: 'The upstream is not available.' },
  {
    when: { status: [300, 399] },
    action: 'fail',
    kind: 'configuration',
    userMessage: 'The upstream redirects elsewhere; check the base URL.',
  },
  {
    when: { status: 404 },
    action: 'fail',
    kind: 'configuration',
    userMessage: 'The upstream knows no such service; check the base URL.',
  },
  {
    when: { status: [400, 499] },
    action: 'fail',
    kind: 'contract',
    userMessage: 'The upstream refuses the request; its interface may have changed.',
  },
  {
    when: { code: ['*'] },
    action: 'retry',
    kind: 'system',
    userMessage: 'The upstream answered with an error of its own.',
  },
];

/**
 * The rule for an answer, or undefined for a success. `code` is what the body gives as an error code, undefined for
 * success or where the body gives none.
 */
export function findErrorRule(
  table: readonly ErrorRule[],
  status: number,
  code: string | undefined,
): ErrorRule | undefined {
  const isFailure = status >= 300 || code !== undefined;
  if (!isFailure) return undefined;
  return [...table, ...defaultErrorTable].find(({ when }) => {
    if (when.status !== undefined && !matchesStatus(when.status, status)) return false;
    if (when.code !== undefined && (code === undefined || !(when.code.includes(code) || when.code.includes('*')))) {
      return false;
    }
    return true;
  });
}

function matchesStatus(wanted: number | readonly [number, number], status: number): boolean {
  return typeof wanted === 'number' ? wanted === status : wanted[0] <= status && status <= wanted[1];
}
