import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SenderKeys } from '../../connectors/kit/sandbox/pusher.ts';
import type { SandboxSender } from '../../connectors/kit/sandbox/sender.ts';
import type { KeyService } from '../services/keys/key-service.ts';
import { writePrivateFile } from './private-file.ts';

const fileSchema = z.record(z.string(), z.string());

/**
 * The hub's keys of those senders of the sandbox that need one: made when they are first needed, and kept in
 * `<DATA_DIR>/sandbox-keys.json`, readable by its owner only, so that a restart needs no others.
 */
export function createSandboxKeys(parts: { dataDir: string; keys: Pick<KeyService, 'create'> }): SenderKeys {
  const path = join(parts.dataDir, 'sandbox-keys.json');
  let known: Promise<Map<string, string>> | undefined;
  const read = (): Promise<Map<string, string>> => {
    known ??= readKeys(path);
    return known;
  };
  return {
    async of(sender) {
      const tokens = await read();
      const token = tokens.get(sender.name);
      if (token !== undefined) return token;
      const issued = await parts.keys.create(requestFor(sender));
      tokens.set(sender.name, issued.token);
      await writePrivateFile(path, Object.fromEntries(tokens));
      return issued.token;
    },
    forget(sender) {
      void known?.then((tokens) => tokens.delete(sender.name));
    },
  };
}

function requestFor({ name, source, provinces }: SandboxSender) {
  const scope = { provinces: provinces ?? null, sources: [source] };
  return { name: `sandbox ${name}`, role: 'source', createdBy: 'sandbox', ...scope } as const;
}

/** None for no file, and for one that is no such file. */
async function readKeys(path: string): Promise<Map<string, string>> {
  try {
    return new Map(Object.entries(fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))));
  } catch {
    return new Map();
  }
}
