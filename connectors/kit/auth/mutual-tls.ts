import { createPrivateKey, X509Certificate } from 'node:crypto';
import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { ClientCertificate } from '../shared-state.ts';
import type { AuthKind, AuthSetup } from './auth.ts';

export interface MutualTlsOptions {
  /** Credential names of certificate and key; default `certificate` and `privateKey`. Both PEM. */
  readonly certificate?: string;
  readonly privateKey?: string;
  /**
   * Credential name of the certificates that vouch for the upstream, where these are not publicly known; undefined: those
   * that the machine trusts.
   */
  readonly authority?: string;
}

const CHECKS: OptionChecks<MutualTlsOptions> = {
  certificate: aText.optional(),
  privateKey: aText.optional(),
  authority: aText.optional(),
};

/** Mutual TLS: the hub shows a certificate, and nothing else is sent with a request. */
export function mutualTls(options: MutualTlsOptions = {}): AuthKind {
  checkOptions('mutual-tls', CHECKS, options);
  const { certificate = 'certificate', privateKey = 'privateKey', authority } = options;
  if (certificate === privateKey) throw new TypeError('a certificate and its key are two credentials');
  return {
    name: 'mutual-tls',
    credentials: [certificate, privateKey, ...(authority === undefined ? [] : [authority])],
    async authorize(request, { credentials }) {
      checkPair(credentials, certificate, privateKey);
      return { request };
    },
    certificate: (credentials): ClientCertificate => ({
      cert: pem(credentials[certificate]),
      key: pem(credentials[privateKey]),
      ...(authority !== undefined && { ca: pem(credentials[authority]) }),
    }),
  };
}

/** Variables of the environment often hold their lines with `\n` in place of line breaks. */
const pem = (text = ''): string => text.replaceAll('\\n', '\n');

/** Throws UPSTREAM_CONFIGURATION, so that a mistake is named here and not as a connection that breaks. */
function checkPair(credentials: AuthSetup['credentials'], certificate: string, privateKey: string): void {
  const shown = read(certificate, () => new X509Certificate(pem(credentials[certificate])));
  const key = read(privateKey, () => createPrivateKey(pem(credentials[privateKey])));
  if (shown.checkPrivateKey(key)) return;
  throw ConnectorError.of(
    'configuration',
    `The credential ${privateKey} is not the key of ${certificate}; check the environment variables that the source names.`,
  );
}

function read<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw ConnectorError.of(
      'configuration',
      `The credential ${name} is not in PEM form; check the environment variable that the source names.`,
    );
  }
}
