import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { realClock } from '../../lib/clock.ts';
import { KeyService } from '../../services/keys/key-service.ts';
import type { ApiKey, KeyRole } from '../../services/keys/key-store.ts';
import { caller } from '../caller.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { type Terminal, toTable } from '../terminal.ts';

interface CreateOptions {
  readonly name: string;
  readonly role: KeyRole;
  readonly province?: string[];
  readonly source?: string[];
  readonly json?: boolean;
}

/** `lienthong keys create | list | revoke`. */
export function keysCommand({ terminal }: CommandParts): Command {
  const keys = new Command('keys').description('make, list and revoke the keys with which clients come');
  keys
    .command('create')
    .description('make a key; it is shown this once and cannot be shown again')
    .requiredOption('--name <name>', 'whose it is, for the list')
    .addOption(
      new Option('--role <role>', 'viewer reads; operator corrects and syncs too; source pushes; admin does everything')
        .choices(['viewer', 'operator', 'source', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--province <codes...>', 'limit it to these provinces, e.g. 01 48')
    .option('--source <ids...>', 'limit it to these sources')
    .option('--json', 'for scripts')
    .action((options: CreateOptions) => create(terminal, options));
  keys
    .command('list')
    .description('list the keys, without their secrets')
    .option('--json', 'one JSON object a line')
    .action(async ({ json }: { json?: boolean }) => {
      const all = await withKeys(terminal, (service) => service.list());
      if (json) for (const key of all) terminal.out(JSON.stringify(key));
      else terminal.out(keyTable(all));
    });
  keys
    .command('revoke')
    .description('end a key now, and what is open under it')
    .argument('<id>', 'as `keys list` shows it')
    .option('--json', 'for scripts')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const key = await withKeys(terminal, (service) => service.revoke(id, caller()));
      terminal.out(json ? JSON.stringify(key) : `Revoked ${key.id} (${key.name}).`);
    });
  return keys;
}

async function create(terminal: Terminal, options: CreateOptions): Promise<void> {
  const { name, role, province, source, json } = options;
  const issued = await withKeys(terminal, (service) =>
    service.create({ name, role, provinces: province ?? null, sources: source ?? null, createdBy: caller() }),
  );
  if (json) {
    terminal.out(JSON.stringify({ ...issued.key, token: issued.token }));
    return;
  }
  terminal.out(issued.token);
  terminal.note(
    'Keep it now: the hub stores only its hash. Send it as "Authorization: Bearer <key>", or set LIENTHONG_KEY.',
  );
}

function withKeys<Result>(terminal: Terminal, work: (service: KeyService) => Promise<Result>): Promise<Result> {
  return withDatabase(terminal, (database) =>
    work(new KeyService({ database, clock: realClock, randomBytes, anonymous: false })),
  );
}

function keyTable(keys: readonly ApiKey[]): string {
  return toTable(
    ['ID', 'NAME', 'ROLE', 'PROVINCES', 'SOURCES', 'MADE', 'REVOKED'],
    keys.map((key) => [
      key.id,
      key.name,
      key.role,
      key.provinces?.join(' ') ?? 'all',
      key.sources?.join(' ') ?? 'all',
      key.createdAt.toISOString(),
      key.revokedAt?.toISOString() ?? '',
    ]),
  );
}
