import { createDefaultSources } from '../../connectors/default-sources.ts';
import type { SourceFile } from '../../connectors/kit/source-file.ts';
import { startSandbox } from '../../connectors/sandbox.ts';
import { sandboxSources } from '../../connectors/sandbox-accounts.ts';
import { createSandboxClock, SANDBOX_END, SANDBOX_START } from '../../connectors/sandbox-clock.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../lib/clock.ts';
import { readSandboxFile, type SandboxFile, writeSandboxFile } from './sandbox-file.ts';

/** Decides what no document says; the same for everybody, so that two people see the same June. */
const SEED = 20250701;
const PROBE_MS = 1_000;

export interface OpenSandbox {
  readonly address: string;
  readonly clock: Clock;
  readonly speed: number;
  /** Decides what no document says. */
  readonly seed: number;
  readonly file: SourceFile;
  /** By the names of variables that the file of sources gives. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Whether its clock has come to the end of June and stands still. */
  isOver(): boolean;
  stop(): Promise<void>;
}

export interface SandboxParts {
  readonly config: Pick<Config, 'dataDir' | 'sandboxPort' | 'sandboxSpeed'>;
  /** The real clock. */
  readonly clock: Clock;
}

/**
 * The sandbox of a data directory: the one that another process runs there, or one that is started now and goes on
 * where the last left off. A speed that was changed holds from now on.
 */
export async function openSandbox({ config, clock }: SandboxParts): Promise<OpenSandbox> {
  const kept = await readSandboxFile(config.dataDir);
  const running = kept && (await findRunning(kept, clock));
  if (running) return running;
  const anchorReal = anchorOf(kept, config.sandboxSpeed, clock.now());
  const speed = config.sandboxSpeed;
  const sandboxClock = createSandboxClock({ anchorReal, speed, start: SANDBOX_START, end: SANDBOX_END, clock });
  const seed = kept?.seed ?? SEED;
  const start = (port: number) =>
    startSandbox({ port, clock: sandboxClock, speed, seed, ...(kept ? { credentials: kept.credentials } : {}) });
  const sandbox = await start(config.sandboxPort || (kept?.port ?? 0)).catch((error: NodeJS.ErrnoException) => {
    // Somebody else took the port since; only one that was asked for is worth failing over.
    if (error.code === 'EADDRINUSE' && config.sandboxPort === 0) return start(0);
    throw error;
  });
  const port = Number(new URL(sandbox.address).port);
  const { credentials } = sandbox;
  await writeSandboxFile(config.dataDir, { anchorReal, speed, seed, port, credentials });
  return describe({ anchorReal, speed, seed, port, credentials }, clock, sandbox.stop);
}

/** What time it is in the sandbox of a data directory, whether it runs or not. */
export async function sandboxClockOf({ config, clock }: SandboxParts): Promise<Clock> {
  const anchorReal = anchorOf(await readSandboxFile(config.dataDir), config.sandboxSpeed, clock.now());
  return createSandboxClock({ anchorReal, speed: config.sandboxSpeed, start: SANDBOX_START, end: SANDBOX_END, clock });
}

/** The sandbox that another process of this data directory runs; undefined where none answers. */
export async function findRunning(kept: SandboxFile, clock: Clock): Promise<OpenSandbox | undefined> {
  const answer = await fetch(`http://127.0.0.1:${kept.port}/control`, { signal: AbortSignal.timeout(PROBE_MS) }).catch(
    () => undefined,
  );
  const isSandbox = answer?.ok && answer.headers.get('content-type') === 'application/json';
  await answer?.body?.cancel();
  return isSandbox ? describe(kept, clock, async () => {}) : undefined;
}

function describe(kept: SandboxFile, clock: Clock, stop: () => Promise<void>): OpenSandbox {
  const { anchorReal, speed, seed, port, credentials } = kept;
  const address = `http://127.0.0.1:${port}`;
  const sandboxClock = createSandboxClock({ anchorReal, speed, start: SANDBOX_START, end: SANDBOX_END, clock });
  return {
    address,
    speed,
    seed,
    credentials,
    clock: sandboxClock,
    file: createDefaultSources({
      baseUrls: Object.fromEntries(sandboxSources().map(({ id, path }) => [id, address + path])),
    }),
    isOver: () => sandboxClock.now() >= SANDBOX_END,
    stop,
  };
}

/** Such that the sandbox's time now is what it would have been at the old speed. */
function anchorOf(kept: SandboxFile | undefined, speed: number, now: Date): Date {
  if (!kept) return now;
  const lengthMs = SANDBOX_END.getTime() - SANDBOX_START.getTime();
  const elapsedMs = Math.min((now.getTime() - kept.anchorReal.getTime()) * kept.speed, lengthMs);
  return kept.speed === speed ? kept.anchorReal : new Date(now.getTime() - elapsedMs / speed);
}
