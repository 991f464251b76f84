import { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { realClock } from '../../lib/clock.ts';
import { type Hub, startHub } from '../../main.ts';
import { createLogger } from '../../observability/index.ts';
import type { CommandParts } from '../program.ts';
import { showProgress, type Terminal } from '../terminal.ts';

/** `lienthong start`: the hub in the foreground until Ctrl-C. */
export function startCommand({ terminal }: CommandParts): Command {
  return new Command('start')
    .description('run the hub in the foreground; Ctrl-C stops it, a second one at once')
    .option('--json', 'say where it is as one JSON object')
    .action(({ json }: { json?: boolean }) => start(terminal, json ?? false));
}

async function start(terminal: Terminal, json: boolean): Promise<void> {
  const config = loadConfig(terminal.env);
  const logger = createLogger({ level: config.logLevel, name: `lienthong-${config.role}` });
  const progress = showProgress(terminal, 'starting Liên Thông');
  const hub = await startHub({
    config,
    env: terminal.env,
    clock: realClock,
    random: Math.random,
    logger,
    signal: terminal.signal,
    onProgress: progress.say,
  }).finally(progress.done);
  announce(terminal, hub, json);
  try {
    await hub.run();
    if (!terminal.signal.aborted) await aborted(terminal.signal);
  } finally {
    terminal.note('stopping');
    await hub.stop();
  }
}

function announce(terminal: Terminal, hub: Hub, json: boolean): void {
  const { address, sandbox, firstKey } = hub;
  const graphql = address && `${address}/graphql`;
  if (json) {
    terminal.out(JSON.stringify({ ready: true, graphql, sandbox: sandbox?.address, adminKey: firstKey }));
    return;
  }
  terminal.out('ready');
  if (graphql) terminal.out(`  GraphiQL   ${graphql}`);
  if (sandbox) {
    const pace = sandbox.isOver
      ? 'its June is over; an empty DATA_DIR begins a new one'
      : `${sandbox.speed} times as fast`;
    terminal.out(`  Sandbox    ${sandbox.address} (it is ${localTime(sandbox.now)} there, ${pace})`);
  }
  if (firstKey) terminal.out(`  Admin key  ${firstKey} (shown this once; keep it)`);
}

/** `27/06/2025 12:15` as clocks in Viet Nam show it. */
function localTime(time: Date): string {
  return new Intl.DateTimeFormat('vi-VN', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: 'Asia/Ho_Chi_Minh',
  }).format(time);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
