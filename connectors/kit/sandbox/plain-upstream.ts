import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { encodeCsv } from './encode-body.ts';
import { encodeXml } from './encode-xml.ts';
import { type PlainSignInKind, plainSignIn } from './plain-sign-in.ts';
import type { SandboxAccount } from './stand-in.ts';
import {
  type RecordsInBody,
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxRequest,
  type SandboxUpstream,
} from './upstream.ts';

/** A list of the upstream, at one path. */
export interface PlainList {
  /** Its rows at that moment; `from` is the query's parameter of that name, where there is one. */
  readonly rows: (now: Date, from: Date | undefined) => readonly Readonly<Record<string, Json>>[];
  /** How faults touch a row. */
  readonly fields: Pick<RecordsInBody, 'textField' | 'statusField' | 'retyped'>;
}

export interface PlainUpstreamOptions {
  readonly connector: string;
  readonly account: SandboxAccount;
  readonly signIn: PlainSignInKind;
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * `json`: `{code, total, items}`, with `page` and `pages` where `page` is asked for and `next` where a `cursor` may be.
   * `csv`: rows, counted in the header `X-Row-Count`. `xml`: `<Answer code total><Item>…` of `urn:<connector>`.
   */
  readonly format: 'json' | 'csv' | 'xml';
  readonly paging: 'single' | 'page' | 'cursor';
  readonly lists: Readonly<Record<string, PlainList>>;
}

/** The stand-in of an upstream that has nothing of its own: what `lienthong connector new` begins with. */
export function createPlainUpstream(
  options: PlainUpstreamOptions,
  { createToken }: SandboxDependencies,
): SandboxUpstream {
  const { connector, account, lists } = options;
  const door = plainSignIn(options.signIn, options.secrets, createToken);
  const wire = WIRES[options.format];
  return {
    id: account.id,
    connector,
    prefix: account.path,
    isSignIn: (request) => door.isSignIn(request),
    killSessions: () => door.killSessions(),
    errorInside: () => wire.frame({ code: 'BUSY', message: 'Hệ thống đang bận' }, []),
    recodeSuccess: (body) => wire.recode(body),
    withoutEnd: (body) => (options.paging === 'single' ? body : { ...(body as object), ...ENDLESS[options.paging] }),
    answer(request, { now, arrange }): SandboxAnswer {
      const refusal = door.guard(request, now);
      if (refusal) return refusal;
      const list = request.method === 'GET' ? lists[request.path] : undefined;
      if (!list) return { status: 404, body: { code: 'NOT_FOUND', message: 'There is no such list.' } };
      const from = request.query.get('from');
      const rows = arrange<Json>(list.rows(now, from === null ? undefined : new Date(from)));
      const { members, items } = cut(request, rows, options.paging);
      return {
        status: 200,
        headers: { 'X-Row-Count': String(rows.length) },
        body: wire.frame({ code: 0, ...members, total: rows.length }, items),
        records: recordsAt(wire.path, list.fields),
        encode: wire.encode(connector, Object.keys((rows[0] ?? {}) as object)),
      };
    },
  };
}

const ENDLESS = { page: { pages: 1_000_000, total: 50_000_000 }, cursor: { next: 'MA' } } as const;

/** The page that is asked for, and what it says of where it stands. */
function cut(
  request: SandboxRequest,
  rows: readonly Json[],
  paging: PlainUpstreamOptions['paging'],
): { members: Readonly<Record<string, Json>>; items: readonly Json[] } {
  const size = Number(request.query.get('size') ?? 20);
  if (paging === 'single') return { members: {}, items: rows };
  if (paging === 'page') {
    const page = Number(request.query.get('page') ?? 1);
    const members = { page, pages: Math.ceil(rows.length / size) };
    return { members, items: rows.slice((page - 1) * size, page * size) };
  }
  const offset = Number(Buffer.from(request.query.get('cursor') ?? 'MA', 'base64url').toString());
  const end = offset + size;
  const next = end < rows.length ? Buffer.from(String(end)).toString('base64url') : null;
  return { members: { next }, items: rows.slice(offset, end) };
}

interface Wire {
  /** A body of what it says of itself, and of its rows. */
  frame(members: Readonly<Record<string, Json>>, items: readonly Json[]): Json;
  /** Success in the other type: "00" for 0. */
  recode(body: Json): Json;
  /** Where the rows stand in the body. */
  readonly path: readonly string[];
  encode(connector: string, columns: readonly string[]): NonNullable<SandboxAnswer['encode']>;
}

const WIRES: Record<PlainUpstreamOptions['format'], Wire> = {
  json: {
    frame: (members, items) => ({ ...members, items: [...items] }),
    recode: (body) => ({ ...(body as object), code: '00' }),
    path: ['items'],
    encode: () => (body) => ({ type: 'application/json; charset=utf-8', payload: JSON.stringify(body) }),
  },
  csv: {
    // Where there are no rows, something else is to be told, and that comes as JSON.
    frame: (members, items) => (members.code === 0 ? [...items] : { ...members }),
    recode: (body) => body,
    path: [],
    encode: (_connector, columns) => (body) => encodeCsv(body, { columns }),
  },
  xml: {
    frame: ({ code, total, message }, items) => ({
      Answer: { '@code': String(code), '@total': String(total ?? 0), Message: message ?? null, Item: [...items] },
    }),
    recode: (body) => ({ Answer: { ...(body as { Answer: object }).Answer, '@code': '00' } }),
    path: ['Answer', 'Item'],
    encode: (connector) => encodeXml({ namespace: `urn:${connector}`, prefix: '' }),
  },
};
