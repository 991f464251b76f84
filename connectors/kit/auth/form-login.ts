import * as z from 'zod';
import { aRegExp, aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { type HttpAnswer, type HttpRequest, requestUrl } from '../http/http-types.ts';
import type { AuthKind, AuthSetup } from './auth.ts';
import { type PackedCookies, placeCookies, takeCookies } from './cookie-jar.ts';
import { findLoginForm, type LoginForm } from './login-form.ts';

export interface FormLoginOptions {
  /** The page with the form, relative to the base URL. */
  readonly loginPath: string;
  /** Names of the form's fields. */
  readonly usernameField: string;
  readonly passwordField: string;
  /** What the beginning of the login page has, by which it is told from data and from other pages; matched in NFC. */
  readonly loginPage: RegExp;
  /** Credential names of name and password; default `username` and `password`. */
  readonly username?: string;
  readonly password?: string;
}

const CHECKS: OptionChecks<FormLoginOptions> = {
  loginPath: z.string().startsWith('/', 'has to begin with a slash'),
  usernameField: aText,
  passwordField: aText,
  // One that keeps its place would miss every other page.
  loginPage: aRegExp.refine((pattern: RegExp) => !/[gy]/.test(pattern.flags), 'must not have a flag g or y'),
  username: aText.optional(),
  password: aText.optional(),
};

/**
 * Signs in as a person would: takes the login page with its cookies, sends its form back with the hidden fields, and goes
 * on with the cookies. A session that is gone shows as the login page with HTTP 200, or as a redirect to it. A login that
 * leads back to the login page is a refusal of the credentials, UPSTREAM_CONFIGURATION.
 */
export function formLogin(options: FormLoginOptions): AuthKind {
  checkOptions('form-login', CHECKS, options);
  const names = { username: options.username ?? 'username', password: options.password ?? 'password' };
  const logIn = async (setup: AuthSetup) => {
    let cookies: PackedCookies | undefined;
    const send = async (request: HttpRequest): Promise<HttpAnswer> => {
      const answer = await setup.signIn(withCookies(request, cookies, setup), { mayRedirect: true });
      cookies = takeCookies(cookies, answer, pathOf(request, setup), setup.domainNow());
      return answer;
    };
    const page: HttpRequest = { method: 'GET', path: options.loginPath, accept: 'text/html' };
    const pageUrl = requestUrl(setup.baseUrl, page);
    const form = formOf(await send(page));
    if (!form) throw ConnectorError.of('system', "The upstream's login page has no form that asks for a password.");
    const answer = await send({
      method: 'POST',
      path: new URL(form.action ?? '', pageUrl).href,
      accept: 'text/html',
      form: {
        ...form.hidden,
        [options.usernameField]: setup.credentials[names.username] ?? '',
        [options.passwordField]: setup.credentials[names.password] ?? '',
      },
    });
    if (leadsBack(answer, pageUrl)) throw refused();
    return { value: cookies ?? '' };
  };
  return {
    name: 'form-login',
    credentials: Object.values(names),
    async authorize(request, setup) {
      const token = await setup.slot.get(setup.monotonicMs(), () => logIn(setup), setup.signal);
      return { request: withCookies(request, token.value, setup), token };
    },
    isSignedOut: ({ headers: { location }, beginning }) =>
      location === undefined
        ? /^\s*</.test(beginning) && options.loginPage.test(beginning.normalize('NFC'))
        : new URL(location, 'https://upstream.invalid').pathname.endsWith(options.loginPath),
  };
}

/** Cookies are for paths of the server, which a base URL may be below. */
const pathOf = (request: HttpRequest, { baseUrl }: AuthSetup): string => requestUrl(baseUrl, request).pathname;

function withCookies(request: HttpRequest, cookies: PackedCookies | undefined, setup: AuthSetup): HttpRequest {
  if (cookies === undefined) return request;
  return placeCookies(request, cookies, setup.domainNow(), pathOf(request, setup));
}

const formOf = ({ body }: HttpAnswer): LoginForm | undefined => findLoginForm(body.toString('utf8'));

/** Whether a login ended where it began: at the login page itself, or at a redirect to it. */
function leadsBack(answer: HttpAnswer, pageUrl: URL): boolean {
  if (answer.status < 300) return formOf(answer) !== undefined;
  const to = new URL(answer.headers.location ?? '', pageUrl);
  return to.pathname === pageUrl.pathname;
}

const refused = (): ConnectorError =>
  ConnectorError.of(
    'configuration',
    'The upstream refuses the credentials; check the environment variables that the source names.',
    'the login form came again',
  );
