import type { SignIn } from './plan.ts';

/** How a way of signing in is declared, and what credentials it asks for. */
export interface SignInTemplate {
  /** What is imported from the kit. */
  readonly factory: string;
  readonly expression: string;
  readonly credentials: readonly string[];
  /** For the README. */
  readonly words: string;
}

export const signInTemplates: Readonly<Record<SignIn, SignInTemplate>> = {
  none: { factory: 'noAuth', expression: 'noAuth()', credentials: [], words: 'asks nobody who they are' },
  'api-key': {
    factory: 'apiKey',
    expression: "apiKey({ header: 'X-API-Key' })",
    credentials: ['apiKey'],
    words: 'a key in the header `X-API-Key`',
  },
  basic: { factory: 'basic', expression: 'basic()', credentials: ['username', 'password'], words: 'HTTP Basic' },
  bearer: {
    factory: 'bearer',
    expression: 'bearer()',
    credentials: ['token'],
    words: 'a token that was given out once, as `Authorization: Bearer`',
  },
  'query-token': {
    factory: 'queryToken',
    expression: 'queryToken()',
    credentials: ['token'],
    words: 'a token in the query string',
  },
  oauth2: {
    factory: 'oauth2ClientCredentials',
    expression: "oauth2ClientCredentials({ tokenPath: '/oauth/token' })",
    credentials: ['clientId', 'clientSecret'],
    words: 'OAuth 2 client credentials (`POST /oauth/token`)',
  },
  session: {
    factory: 'sessionLogin',
    expression: `sessionLogin({
      credentials: ['username', 'password'],
      login: ({ username = '', password = '' }) => ({ method: 'POST', path: '/login', json: { username, password } }),
      sessionOf: (body) => z.object({ session: z.string() }).safeParse(body).data?.session,
      place: (request, session) => ({ ...request, headers: { ...request.headers, 'X-Session': session } }),
    })`,
    credentials: ['username', 'password'],
    words: 'a session (`POST /login`), sent as `X-Session`, whose end is not told',
  },
};
