import { createPusher, type Pusher } from '../../connectors/kit/sandbox/pusher.ts';
import { realSleep } from '../../connectors/kit/sleep.ts';
import { sandboxSenders } from '../../connectors/sandbox-accounts.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { KeyService } from '../services/keys/key-service.ts';
import type { OpenSandbox } from './open-sandbox.ts';
import { createSandboxKeys } from './sandbox-keys.ts';

/**
 * Those who push to the hub in the sandbox. Every gateway may have them: what two of them send is the same event, which
 * the hub takes once. They begin with `run`.
 */
export function createSenders(parts: {
  /** The hub's own address. */
  readonly hub: string;
  readonly sandbox: OpenSandbox;
  readonly config: Pick<Config, 'dataDir'>;
  readonly keys: KeyService;
  readonly clock: Clock;
  readonly logger: Logger;
}): Pusher {
  const { hub, sandbox, config, keys, clock, logger } = parts;
  return createPusher({
    hub,
    senders: sandboxSenders(sandbox.credentials, sandbox.seed),
    clock: sandbox.clock,
    realClock: clock,
    seed: sandbox.seed,
    keys: createSandboxKeys({ dataDir: config.dataDir, keys }),
    sleep: realSleep,
    logger,
  });
}
