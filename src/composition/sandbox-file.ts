import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivateFile } from './private-file.ts';

/**
 * What is kept of the sandbox between starts, in `<DATA_DIR>/sandbox.json`, readable by its owner only: the anchor of
 * its clock, so that a restart goes on in the same June, and how to reach it, for the command line.
 */
const sandboxFileSchema = z.object({
  /** When the sandbox stood at its beginning, in real time. */
  anchorReal: z.iso.datetime().transform((text) => new Date(text)),
  speed: z.number().positive(),
  seed: z.number().int(),
  port: z.number().int(),
  credentials: z.record(z.string(), z.string()),
});
export type SandboxFile = z.output<typeof sandboxFileSchema>;

const pathOf = (dataDir: string): string => join(dataDir, 'sandbox.json');

/** What an earlier start left; undefined for none, or for a file that is no such file. */
export async function readSandboxFile(dataDir: string): Promise<SandboxFile | undefined> {
  const text = await readFile(pathOf(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return sandboxFileSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function writeSandboxFile(dataDir: string, file: SandboxFile): Promise<void> {
  return writePrivateFile(pathOf(dataDir), file);
}
