import { BadUserInputError } from '../../errors/index.ts';

export const SIGN_INS = ['none', 'api-key', 'basic', 'bearer', 'query-token', 'oauth2', 'session'] as const;
export const FORMATS = ['json', 'csv', 'xml'] as const;
export const PAGINGS = ['single', 'page', 'cursor'] as const;
export const TELLS = ['deployments', 'health', 'links'] as const;

export type SignIn = (typeof SIGN_INS)[number];
export type FormatName = (typeof FORMATS)[number];
export type Paging = (typeof PAGINGS)[number];
export type Tell = (typeof TELLS)[number];

/** What a new connector is to be: the answers to the questions of `connector new`. */
export interface ConnectorPlan {
  /** In kebab case; the folder, and what a source names. */
  readonly id: string;
  readonly title: string;
  /** The code of the vendor in the reference data, for deployments and health. */
  readonly vendor: string;
  readonly signIn: SignIn;
  readonly format: FormatName;
  readonly paging: Paging;
  readonly tells: readonly Tell[];
}

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_ID_LENGTH = 40;
/** Folders beside the connectors, and what a source may not be called. */
const TAKEN = new Set(['kit', 'testkit', 'index', 'sandbox', 'stand-ins', 'control', 'operator']);

/** What is wrong with one answer; undefined where nothing is. */
export const mistakeIn = {
  id: (id: string): string | undefined => {
    if (!ID.test(id) || id.length > MAX_ID_LENGTH) {
      return `"${id}" is no id: write lower case, e.g. vn-post, at most ${MAX_ID_LENGTH} letters.`;
    }
    return TAKEN.has(id) ? `"${id}" means something else already; take another id.` : undefined;
  },
  title: (title: string): string | undefined =>
    /['\\\n`$]/.test(title) || title.trim() === ''
      ? "The title is a line of text without quotes ('), `, $ and \\."
      : undefined,
  vendor: (vendor: string): string | undefined =>
    /^[A-Z][A-Z0-9_]{0,31}$/.test(vendor)
      ? undefined
      : `"${vendor}" is no code of a vendor: write capitals, e.g. VNPOST.`,
};

/** @throws BadUserInputError saying what is wrong with it. */
export function checkPlan(plan: ConnectorPlan): ConnectorPlan {
  const { id, title, vendor, format, paging, tells } = plan;
  const idMistake = mistakeIn.id(id);
  // A code that was made of a bad id is no second mistake.
  const isOwnVendor = vendor !== upperCase(id);
  const wrong = [
    idMistake,
    mistakeIn.title(title),
    idMistake && !isOwnVendor ? undefined : mistakeIn.vendor(vendor),
    format !== 'json' && paging !== 'single'
      ? `A ${format} upstream is begun with whole files: take --paging single.`
      : undefined,
    tells.length === 0 ? `Say what it tells: ${TELLS.join(', ')}.` : undefined,
  ].filter((mistake) => mistake !== undefined);
  if (wrong.length > 0) throw new BadUserInputError(wrong.join(' '));
  return { ...plan, title: title.trim(), tells: TELLS.filter((tell) => tells.includes(tell)) };
}

/** `vn-post` as `vnPost`. */
export const camelCase = (id: string): string =>
  id.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());

/** `vn-post` as `VN_POST`, the beginning of its environment variables. */
export const upperCase = (id: string): string => id.toUpperCase().replaceAll('-', '_');
