import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction, checkOptions, type OptionChecks, someNames } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { signInJson } from '../formats/json.ts';
import type { HttpRequest } from '../http/http-types.ts';
import type { AuthKind } from './auth.ts';

export interface SessionLoginOptions {
  readonly credentials: readonly string[];
  readonly login: (credentials: Readonly<Record<string, string>>) => HttpRequest;
  /** The session in the answer; undefined where the upstream refuses the credentials. */
  readonly sessionOf: (body: Json) => string | undefined;
  /** Puts the session into a request. */
  readonly place: (request: HttpRequest, session: string) => HttpRequest;
}

const CHECKS: OptionChecks<SessionLoginOptions> = {
  credentials: someNames,
  login: aFunction,
  sessionOf: aFunction,
  place: aFunction,
};

/**
 * A session that is got by signing in and whose end the upstream does not tell: it is used until a call is refused, then
 * renewed once for everybody.
 */
export function sessionLogin(options: SessionLoginOptions): AuthKind {
  checkOptions('session-login', CHECKS, options);
  return {
    name: 'session-login',
    credentials: options.credentials,
    async authorize(request, setup) {
      const logIn = async () => {
        const session = options.sessionOf(await signInJson(await setup.signIn(options.login(setup.credentials))));
        if (session) return { value: session };
        throw ConnectorError.of(
          'configuration',
          'The upstream refuses the credentials; check the environment variables that the source names.',
          'login gave no session',
        );
      };
      const token = await setup.slot.get(setup.monotonicMs(), logIn, setup.signal);
      return { request: options.place(request, token.value), token };
    },
  };
}
