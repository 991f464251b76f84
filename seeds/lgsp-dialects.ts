import { loadDeployments } from './facts.ts';

/** In whose manner a province's integration platform speaks. */
export type LgspDialect = 'wso2' | 'hcm' | 'envelope';

/** TP Hồ Chí Minh's platform speaks in a manner of its own, which is public, though VNPT runs it. */
const OWN: Readonly<Record<string, LgspDialect>> = { '79': 'hcm' };

/** What is built at home or by Tân Dân answers as Thái Nguyên's, the one home-built platform whose manner is public. */
const BY_VENDOR: Readonly<Record<string, LgspDialect>> = { VNPT: 'wso2', SELF: 'envelope', TANDAN: 'envelope' };

/** The dialect of a province by the vendor that runs its platform; that of TP Hồ Chí Minh for the vendors of a few provinces. */
export function lgspDialectOf(province: string): LgspDialect {
  const platform = loadDeployments().deployments.find((one) => one.province === province && one.system === 'LGSP');
  const [vendor = ''] = platform?.vendors ?? [];
  return OWN[province] ?? BY_VENDOR[vendor] ?? 'hcm';
}
