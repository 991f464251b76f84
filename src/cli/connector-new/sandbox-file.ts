import { credentialVariables } from './other-files.ts';
import { type ConnectorPlan, camelCase, type Tell } from './plan.ts';

/** What the stand-in lists, and how faults touch it. */
const LISTS: Readonly<
  Record<Tell, { readonly path: string; readonly rows: string; readonly fields: string; readonly body: string }>
> = {
  deployments: {
    path: '/systems',
    rows: 'systems',
    fields: "{ textField: 'note', statusField: 'status', retyped: ['updatedAt', 'yesterday'] }",
    body: `function systems(now: Date) {
  return SYSTEMS.map(([province, system, liveAt]) => ({
    province,
    system,
    status: now >= new Date(liveAt) ? 'live' : 'trial',
    note: \`Hệ thống \${system} của tỉnh \${province}.\`,
    updatedAt: now >= new Date(liveAt) ? liveAt : START.toISOString(),
    simulated: 'true',
  }));
}
`,
  },
  health: {
    path: '/health',
    rows: 'health',
    fields: "{ textField: 'remark', retyped: ['alerts', 'many'] }",
    body: `/** Of each day at 08:00. */
function health(now: Date, from: Date = START) {
  const days = Array.from({ length: 14 }, (_, day) => new Date(START.getTime() + day * DAY_MS + 8 * 3_600_000));
  return days
    .filter((measuredAt) => measuredAt > from && measuredAt <= now)
    .flatMap((measuredAt) =>
      SYSTEMS.map(([province, system], place) => ({
        province,
        system,
        measuredAt: measuredAt.toISOString(),
        uptime: 99.5,
        cpu: 30 + ((measuredAt.getUTCDate() + place) % 5),
        memory: 55,
        traffic: 12.5,
        alerts: place % 2,
        remark: 'Bình thường',
        simulated: 'true',
      })),
    );
}
`,
  },
  links: {
    path: '/links',
    rows: 'links',
    fields: "{ textField: 'note', statusField: 'state', retyped: ['checkedAt', 'yesterday'] }",
    body: `/** Checked on the hour. */
function links(now: Date) {
  const checkedAt = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000).toISOString();
  return SYSTEMS.map(([province]) => ({
    province,
    target: 'CSDLQG-DC',
    state: 'up',
    note: 'Kết nối ổn định',
    checkedAt,
    simulated: 'true',
  }));
}
`,
  },
};

/** `sandbox.ts`: the server that stands in for the upstream. */
export function sandboxFile(plan: ConnectorPlan): string {
  const { id, title, signIn, format, paging } = plan;
  const tells = plan.tells.map((tell) => LISTS[tell]);
  const credentials = Object.entries(credentialVariables(plan)).map(([name, variable]) => `${name}: '${variable}'`);
  const unmoved = [
    'session-dies',
    ...(paging === 'single' ? ['page-repeated', 'endless-next'] : []),
    ...(plan.tells.every((tell) => tell === 'health') ? ['unknown-status'] : []),
  ];
  return `import { createPlainUpstream } from '../kit/sandbox/plain-upstream.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';

${plan.tells.some((tell) => tell !== 'links') ? "/** Where the stand-in begins. */\nconst START = new Date('2025-06-25T00:00:00+07:00');\n" : ''}${plan.tells.includes('health') ? 'const DAY_MS = 86_400_000;\n' : ''}/** Made up: province, system, and since when it is live. */
const SYSTEMS = [
  ['04', 'BAOCAO', '2025-06-26T08:00:00+07:00'],
  ['08', 'BAOCAO', '2025-06-27T10:00:00+07:00'],
  ['11', 'BAOCAO', '2025-06-30T21:00:00+07:00'],
  ['12', 'BAOCAO', '2025-06-30T22:00:00+07:00'],
] as const;

/** The stand-in of ${title}. */
export const ${camelCase(id)}StandIn: StandIn = {
  connector: '${id}',
  accounts: () => [{ id: '${id}', path: '/${id}', credentials: {${credentials.length > 0 ? ` ${credentials.join(', ')} ` : ''}} }],
  create: (account, secrets, dependencies) =>
    createPlainUpstream(
      {
        connector: '${id}',
        account,
        signIn: '${signIn}',
        secrets,
        format: '${format}',
        paging: '${paging}',
        lists: {
${tells.map(({ path, rows, fields }) => `          '${path}': { rows: ${rows}, fields: ${fields} },`).join('\n')}
        },
      },
      dependencies,
    ),
  source: (_account, baseUrl) => ({
    name: '${title}',
    config: { baseUrl },
    schedule: { everySeconds: 30, jitterSeconds: 5 },
    ttl: 'PT10M',
    precedence: { default: 25 },
  }),
  suite: { at: '2025-06-27T12:15:00+07:00', unmoved: [${unmoved.map((fault) => `'${fault}'`).join(', ')}] },
};

${tells.map(({ body }) => body).join('\n')}`;
}
