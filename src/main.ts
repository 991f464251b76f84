import { randomBytes } from 'node:crypto';
import { CleanUps } from './composition/clean-ups.ts';
import { openSources } from './composition/open-sources.ts';
import { openStore } from './composition/open-store.ts';
import { type Gateway, startGateway } from './composition/start-gateway.ts';
import { createSenders } from './composition/start-senders.ts';
import { startWorker } from './composition/start-worker.ts';
import type { Config, Environment } from './config/index.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createMetrics } from './observability/index.ts';
import { KeyService } from './services/keys/key-service.ts';

export interface HubOptions {
  readonly config: Config;
  /** Where the file of sources finds its credentials. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Cuts the start short. */
  readonly signal: AbortSignal;
  /** Told, in words for people, what is being done until the hub is ready. */
  readonly onProgress: (step: string) => void;
}

export interface Hub {
  /** `http://host:port`; undefined for a worker, which answers nobody. */
  readonly address: string | undefined;
  readonly sandbox:
    | { readonly address: string; readonly speed: number; readonly now: Date; readonly isOver: boolean }
    | undefined;
  /** The admin key of a hub that had none; shown once, kept nowhere. */
  readonly firstKey: string | undefined;
  /** Begins to read the sources; called when the hub has said that it is ready. */
  run(): Promise<void>;
  /** Takes nothing new, tells subscribers where they are, breaks off runs, closes the store. */
  stop(): Promise<void>;
}

/** The parts of the stop's time; the rest is the store's. */
const GATEWAY_SHARE = 0.5;
const JOBS_SHARE = 0.3;

/**
 * Builds a hub: store, sources, jobs and, unless it is only a worker, what answers clients. Started in this order,
 * stopped in the reverse one. Rejects with what a person can mend, and leaves nothing running.
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { config, env, clock, random, logger, signal, onProgress } = options;
  const cleanUps = new CleanUps();
  const step = (text: string): void => {
    signal.throwIfAborted();
    onProgress(text);
  };
  try {
    const store = await openStore({ config, logger, signal, onProgress, applicationName: `lienthong ${config.role}` });
    cleanUps.add(() => store.stop());
    const { database } = store;
    step('opening the sources');
    const sources = await openSources({ config, env, clock });
    cleanUps.add(() => sources.stop());
    const metrics = createMetrics();
    const jobs = await startWorker({ config, database, clock, random, logger, metrics, sources });
    cleanUps.add(() => jobs.stop(config.stopTimeoutMs * JOBS_SHARE));
    const keys = new KeyService({ database, clock, randomBytes, anonymous: config.anonymous });
    const issued = await keys.createFirstKey();
    let gateway: Gateway | undefined;
    if (config.role !== 'worker') {
      step('opening the gateway');
      gateway = await startGateway({ config, database, keys, jobs, sources, clock, logger, metrics });
      const opened = gateway;
      cleanUps.add(() => opened.stop(config.stopTimeoutMs * GATEWAY_SHARE));
    }
    const { sandbox } = sources;
    const senders = sandbox && gateway && createSenders({ hub: gateway.address, sandbox, config, keys, clock, logger });
    if (senders) cleanUps.add(() => senders.stop());
    return {
      address: gateway?.address,
      sandbox: sandbox && {
        address: sandbox.address,
        speed: sandbox.speed,
        now: sandbox.clock.now(),
        isOver: sandbox.isOver(),
      },
      firstKey: issued?.token,
      run: () => {
        senders?.run();
        return jobs.run();
      },
      stop: () => cleanUps.run(),
    };
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}
