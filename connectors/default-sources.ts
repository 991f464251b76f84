import { loadProvinces } from '../seeds/facts.ts';
import type { SourceFile } from './kit/index.ts';
import { type SourceFileInput, sourceFileSchema } from './kit/source-file.ts';
import { sandboxSources } from './sandbox-accounts.ts';

/**
 * The sources of the sandbox, in the form that the `SOURCES` file has. Schedules count real seconds: at the sandbox's
 * default speed a day is a minute, so that each day is seen in several steps. Times to live are short enough that a
 * source that a fault silences is seen to turn stale.
 */
export function createDefaultSources(sandbox: { readonly baseUrls: Readonly<Record<string, string>> }): SourceFile {
  const { provinces } = loadProvinces();
  const sources = sandboxSources().map(({ standIn, ...account }): SourceFileInput['sources'][number] => {
    const baseUrl = sandbox.baseUrls[account.id];
    if (!baseUrl) throw new Error(`The sandbox has no ${account.id}`);
    const { id, credentials } = account;
    return { id, connector: standIn.connector, credentials, ...standIn.source(account, baseUrl, provinces) };
  });
  return sourceFileSchema.parse({ sources });
}
