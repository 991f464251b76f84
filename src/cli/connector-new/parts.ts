import type { FormatName, Tell } from './plan.ts';

/** What is written of each thing that an upstream may tell of. */
export interface TellTemplate {
  readonly stream: string;
  /** Of the record: its schema, its type (after the connector's name), its mapping. */
  readonly record: string;
  readonly type: string;
  readonly map: string;
  readonly kind: string;
  readonly path: string;
  /** Whether only what is new is asked for. */
  readonly isIncremental: boolean;
  /** Imports that the files need of the kit. */
  readonly contractImports: (format: FormatName) => readonly string[];
  readonly mappingImports: readonly string[];
  /** Members of the record's schema. */
  readonly members: (format: FormatName) => string;
  readonly mapping: string;
  /** In the README. */
  readonly words: string;
}

const numbers = (format: FormatName) =>
  format === 'json'
    ? { decimal: 'z.number()', whole: 'z.number().int().nonnegative()', imports: [] }
    : { decimal: 'decimalText', whole: 'wholeNumberText', imports: ['decimalText', 'wholeNumberText'] };

/** Marked by the stand-in, never by the upstream itself. */
const SIMULATED = `/** Set by the stand-in only. */
  simulated: z.literal('true').optional(),`;
const DETAIL = 'detail: record.simulated ? { simulated: true } : {},';

export const tellTemplates: Readonly<Record<Tell, TellTemplate>> = {
  deployments: {
    stream: 'systems',
    record: 'system',
    type: 'System',
    map: 'mapSystem',
    kind: 'deployment',
    path: '/systems',
    isIncremental: false,
    contractImports: () => ['code', 'provinceCode', 'text', 'zonedTime'],
    mappingImports: ['mapCode', 'reportSystem'],
    members: () => `province: provinceCode,
  system: code,
  status: z.string().max(64),
  note: text().nullish(),
  updatedAt: zonedTime,
  ${SIMULATED}`,
    mapping: `reportSystem({
    province: record.province,
    system: record.system,
    vendor: VENDOR,
    partners: [],
    status: mapCode(statusCodes, record.status),
    note: record.note,
    observedAt: record.updatedAt,
    ${DETAIL}
  })`,
    words: 'the systems that it runs for provinces, with status and note → `deployment`',
  },
  health: {
    stream: 'health',
    record: 'health',
    type: 'Health',
    map: 'mapHealth',
    kind: 'serviceHealth',
    path: '/health',
    isIncremental: true,
    contractImports: (format) => ['code', 'provinceCode', 'text', 'zonedTime', ...numbers(format).imports],
    mappingImports: ['reportHealth'],
    members: (format) => `province: provinceCode,
  system: code,
  measuredAt: zonedTime,
  uptime: ${numbers(format).decimal},
  cpu: ${numbers(format).decimal},
  memory: ${numbers(format).decimal},
  traffic: ${numbers(format).decimal},
  alerts: ${numbers(format).whole},
  /** For people. */
  remark: text().nullish(),
  ${SIMULATED}`,
    mapping: `reportHealth({
    province: record.province,
    system: record.system,
    vendor: VENDOR,
    measuredAt: record.measuredAt,
    uptimePercent: record.uptime,
    cpuPercent: record.cpu,
    memoryPercent: record.memory,
    trafficMbps: record.traffic,
    alerts: record.alerts,
    ${DETAIL}
  })`,
    words:
      'figures of the 24 hours before `measuredAt` → `serviceHealth`; each read overlaps the one before by 26 hours',
  },
  links: {
    stream: 'links',
    record: 'link',
    type: 'Link',
    map: 'mapLink',
    kind: 'link',
    path: '/links',
    isIncremental: false,
    contractImports: () => ['code', 'provinceCode', 'text', 'zonedTime'],
    mappingImports: ['mapCode', 'reportLink'],
    members: () => `province: provinceCode,
  target: code,
  state: z.string().max(64),
  note: text().nullish(),
  checkedAt: zonedTime,
  ${SIMULATED}`,
    mapping: `reportLink({
    province: record.province,
    target: record.target,
    state: mapCode(stateCodes, record.state),
    latencyMs: undefined,
    lastSuccessAt: undefined,
    note: record.note,
    observedAt: record.checkedAt,
    ${DETAIL}
  })`,
    words: 'connections of provinces to national systems → `link`',
  },
};

export const statusCodes = `/** What its words mean; one that does not stand here is UNMAPPED, never a guess. */
export const statusCodes = {
  version: '1',
  codes: { planned: 'PREPARING', configuring: 'CONFIGURING', trial: 'PILOT', ready: 'READY', live: 'OPERATING' },
} as const satisfies CodeMap<string>;
`;

export const stateCodes = `/** What its words for connections mean. */
export const stateCodes = {
  version: '1',
  codes: { up: 'UP', slow: 'DEGRADED', down: 'DOWN' },
} as const satisfies CodeMap<string>;
`;
