import { aRegExp, aText, checkOptions, type OptionChecks, someNames } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { type HttpRequest, requestUrl } from '../http/http-types.ts';
import type { AuthKind, AuthSetup } from './auth.ts';
import { placeCookies, takeCookies } from './cookie-jar.ts';

export interface CookiesOptions {
  /** What is asked for to be given cookies, e.g. the start page; relative to the base URL. */
  readonly entryPath: string;
  /** Names of cookies without which nothing is answered; an entry page that gives none of that name is a fault. */
  readonly required: readonly string[];
  /** How a success begins that is in truth a refusal of a request without its cookies. */
  readonly rejection?: RegExp;
}

const CHECKS: OptionChecks<CookiesOptions> = {
  entryPath: aText,
  required: someNames,
  rejection: aRegExp.optional(),
};

/**
 * An upstream that asks nobody who they are, and still wants the cookies back that it gives. They are got once for
 * everybody, and got anew where a request is refused.
 */
export function cookies(options: CookiesOptions): AuthKind {
  checkOptions('cookies', CHECKS, options);
  const { entryPath, required, rejection } = options;
  const enter = async (setup: AuthSetup) => {
    const request = { method: 'GET', path: entryPath, accept: 'text/html' } as const;
    const answer = await setup.signIn(request);
    const given = answer.setCookies.map((cookie) => cookie.split('=', 1)[0]?.trim());
    if (!required.every((name) => given.includes(name))) {
      throw ConnectorError.of('system', 'The upstream gives no session on its start page.', 'a cookie is missing');
    }
    return { value: takeCookies(undefined, answer, pathOf(request, setup), setup.domainNow()) };
  };
  return {
    name: 'cookies',
    credentials: [],
    async authorize(request, setup) {
      const token = await setup.slot.get(setup.monotonicMs(), () => enter(setup), setup.signal);
      return { request: placeCookies(request, token.value, setup.domainNow(), pathOf(request, setup)), token };
    },
    ...(rejection && { isSignedOut: ({ beginning }) => rejection.test(beginning) }),
  };
}

const pathOf = (request: HttpRequest, { baseUrl }: AuthSetup): string => requestUrl(baseUrl, request).pathname;
