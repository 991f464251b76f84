import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { jsonPgSmartTags } from 'postgraphile/utils';
import { answer, cpuMicroseconds } from '../harness/child.ts';

/** The hub's tables name no foreign keys, since what sources say may come in any order; PostGraphile is told of them. */
const references = {
  deployment: ['(province_code) references province (code)', '(system_code) references system (code)'],
  readiness: ['(province_code) references province (code)', '(criterion_id) references criterion (id)'],
  link: ['(province_code) references province (code)', '(target_code) references target (code)'],
  conflict: [
    '(province_code) references province (code)',
    '(system_code) references system (code)',
    '(entity_id) references readiness (id)',
  ],
  service_coverage: ['(province_code) references province (code)'],
  service_health: ['(province_code, system_code) references deployment (province_code, system_code)'],
  vendor_count: ['(system_code) references system (code)', '(vendor_code) references vendor (code)'],
  criterion_count: ['(criterion_id) references criterion (id)'],
  observation: ['(source_id) references source (id)', '(entity_id) references readiness (id)'],
  change: ['(province_code) references province (code)', '(system_code) references system (code)'],
};
const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: Object.fromEntries(
      Object.entries(references).map(([table, foreignKey]) => [
        table,
        { tags: { foreignKey, ...(table === 'deployment' ? { unique: 'province_code,system_code' } : {}) } },
      ]),
    ),
  },
});

/** PostGraphile 5 as its documentation sets it up, on the hub's own database. */
async function start(databaseUrl: string): Promise<string> {
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    plugins: [tags],
    // Lets it filter and order by columns without an index of their own, as some of the questions need.
    disablePlugins: ['PgIndexBehaviorsPlugin'],
    pgServices: [makePgService({ connectionString: databaseUrl, schemas: ['public'] })],
    grafserv: { watch: false, graphiql: false },
    grafast: { explain: false },
  });
  const server = createServer();
  const serv = instance.createServ(grafserv);
  await serv.addTo(server);
  await serv.ready();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

answer({ url: start, cpu: cpuMicroseconds });
