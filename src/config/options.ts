import { choiceOption, integerOption, numberOption, switchOption, textOption, urlOption } from './option.ts';

/** Every option that the environment can set. What is in no table is not read anywhere. */
export const options = {
  host: textOption({
    name: 'HOST',
    default: '127.0.0.1',
    why: 'Address to listen on. Anything but loopback lets others reach the hub, and needs ANONYMOUS=off.',
  }),
  port: integerOption(
    { name: 'PORT', default: '4000', why: 'Port for HTTP and WebSocket; 0 takes one that is free.' },
    { min: 0, max: 65_535 },
  ),
  databaseUrl: urlOption(
    {
      name: 'DATABASE_URL',
      default: '',
      why: 'PostgreSQL 15 to 18 to use instead of the built-in one, e.g. postgresql://user:password@host:5432/lienthong.',
    },
    ['postgresql:', 'postgres:'],
  ),
  redisUrl: urlOption(
    {
      name: 'REDIS_URL',
      default: '',
      why: 'Redis for the job queue, e.g. redis://host:6379; without it the queue lives in PostgreSQL.',
    },
    ['redis:', 'rediss:'],
  ),
  dataDir: textOption({
    name: 'DATA_DIR',
    default: '.data',
    why: 'Where the built-in PostgreSQL and the sandbox keep their data. One hub per directory.',
  }),
  sourcesFile: textOption({
    name: 'SOURCES',
    default: '',
    why: 'File that lists the sources to read. Without it the sandbox provides them.',
  }),
  sandbox: switchOption({
    name: 'SANDBOX',
    default: 'on, or off with SOURCES or NODE_ENV=production',
    why: 'Servers on loopback that stand in for the upstreams and replay June 2025. Never in production.',
  }),
  sandboxSpeed: numberOption(
    {
      name: 'SANDBOX_SPEED',
      unit: 'sandbox seconds a second',
      default: '1440',
      why: 'How fast the days of the sandbox go by; 1440 is a day a minute.',
    },
    { above: 0, max: 1_000_000 },
  ),
  sandboxPort: integerOption(
    { name: 'SANDBOX_PORT', default: '0', why: 'Port of the sandbox on loopback; 0 takes one that is free.' },
    { min: 0, max: 65_535 },
  ),
  role: choiceOption(
    {
      name: 'ROLE',
      default: 'all',
      why: 'What this process does: gateway answers clients, worker reads sources, all does both. The first two need DATABASE_URL.',
    },
    ['all', 'gateway', 'worker'],
  ),
  logLevel: choiceOption(
    { name: 'LOG_LEVEL', default: 'info', why: 'The least important log lines to write, as JSON on standard error.' },
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  ),
  anonymous: switchOption({
    name: 'ANONYMOUS',
    default: 'on',
    why: 'Whether reading from this machine needs no key. Writing always needs one.',
  }),
  stopTimeoutMs: integerOption(
    {
      name: 'STOP_TIMEOUT_MS',
      unit: 'ms',
      default: '8000',
      why: 'How long a stop waits for clients to be told and runs to be broken off; then it cuts them.',
    },
    { min: 100, max: 600_000 },
  ),
  rawKeptDays: integerOption(
    {
      name: 'RAW_KEPT_DAYS',
      unit: 'days',
      default: '3',
      why: 'How long the answers of sources are kept, compressed, so that a mended mapping can read them anew; 0 keeps none. A source may say otherwise with keepRawFor.',
    },
    { min: 0, max: 3_650 },
  ),
  rawSourceMebibytes: integerOption(
    {
      name: 'RAW_SOURCE_MIB',
      unit: 'MiB',
      default: '64',
      why: 'Of the kept answers of one source, compressed; beyond it the oldest go first. It is disk, times the sources.',
    },
    { min: 1, max: 1_048_576 },
  ),
} as const;

/** What one caller may ask for. Too low refuses honest views; too high lets one caller slow down all others. */
export const limitOptions = {
  maxDepth: integerOption(
    { name: 'MAX_DEPTH', unit: 'levels', default: '12', why: 'Nesting of a GraphQL document.' },
    { min: 1, max: 100 },
  ),
  maxCost: integerOption(
    {
      name: 'MAX_COST',
      unit: 'points',
      default: '50000',
      why: 'Cost of a GraphQL document: about one point for each field of each row that it may return.',
    },
    { min: 1, max: 1_000_000_000 },
  ),
  maxPageSize: integerOption(
    { name: 'MAX_PAGE_SIZE', unit: 'rows', default: '500', why: 'The largest `first` of a connection.' },
    { min: 1, max: 10_000 },
  ),
  maxAliases: integerOption(
    { name: 'MAX_ALIASES', unit: 'aliases', default: '50', why: 'Aliases in a GraphQL document.' },
    { min: 0, max: 10_000 },
  ),
  maxDocumentBytes: integerOption(
    {
      name: 'MAX_DOCUMENT_BYTES',
      unit: 'bytes',
      default: '100000',
      why: 'Size of a GraphQL document; also bounds the time to parse it.',
    },
    { min: 1_000, max: 10_000_000 },
  ),
  queryTimeoutMs: integerOption(
    {
      name: 'QUERY_TIMEOUT_MS',
      unit: 'ms',
      default: '10000',
      why: 'Time for one query, then it is broken off, in the database too.',
    },
    { min: 10, max: 600_000 },
  ),
  maxSubscriptionsPerConnection: integerOption(
    {
      name: 'MAX_SUBSCRIPTIONS_PER_CONNECTION',
      unit: 'subscriptions',
      default: '100',
      why: 'Open subscriptions of one WebSocket.',
    },
    { min: 1, max: 100_000 },
  ),
  maxConnections: integerOption(
    {
      name: 'MAX_CONNECTIONS',
      unit: 'connections',
      default: '20000',
      why: 'Open WebSocket and SSE connections of this process.',
    },
    { min: 1, max: 1_000_000 },
  ),
  maxPendingBytes: integerOption(
    {
      name: 'MAX_PENDING_BYTES',
      unit: 'bytes',
      default: '1048576',
      why: 'What may wait for one client that reads slowly; beyond it the client is told its cursor and closed. It is memory, times the clients.',
    },
    { min: 1_024, max: 1_073_741_824 },
  ),
} as const;
