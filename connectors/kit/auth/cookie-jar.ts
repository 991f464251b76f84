import { Cookie, CookieJar } from 'tough-cookie';
import type { HttpAnswer, HttpRequest } from '../http/http-types.ts';
import { withHeaders } from './auth.ts';

/** Stands for the upstream, whatever its address: cookies of one source go to its own upstream only. */
const ORIGIN = 'https://upstream.invalid';

/** Cookies as text, which a token slot can keep and share. It is as secret as a session. */
export type PackedCookies = string;

/**
 * The cookies that an answer sets, added to those from before. Path and expiry count (by `now`), what is expired is
 * dropped. What is no cookie is left out. `path`: of the URL that answered.
 */
export function takeCookies(
  before: PackedCookies | undefined,
  answer: Pick<HttpAnswer, 'setCookies'>,
  path: string,
  now: Date,
): PackedCookies {
  const jar = unpack(before);
  for (const text of answer.setCookies) {
    const cookie = Cookie.parse(text);
    if (!cookie) continue;
    cookie.domain = null;
    if (typeof cookie.maxAge === 'number') cookie.expires = new Date(now.getTime() + cookie.maxAge * 1000);
    cookie.maxAge = null;
    jar.setCookieSync(cookie, ORIGIN + path, { ignoreError: true });
  }
  return JSON.stringify(jar.serializeSync());
}

/** The request with the cookies that belong to the path of its URL; as it is where there is none. */
export function placeCookies(request: HttpRequest, packed: PackedCookies, now: Date, path = request.path): HttpRequest {
  const cookies = unpack(packed)
    .getCookiesSync(ORIGIN + path, { expire: false })
    .filter(({ expires }) => !(expires instanceof Date) || expires > now);
  if (cookies.length === 0) return request;
  return withHeaders(request, { Cookie: cookies.map((cookie) => cookie.cookieString()).join('; ') });
}

const unpack = (packed: PackedCookies | undefined): CookieJar =>
  packed === undefined ? new CookieJar() : CookieJar.deserializeSync(packed);
