import type { StandIn, StandInSource } from './stand-in.ts';

export interface PerProvinceOptions {
  /** Before the province's code in ids and paths, e.g. `lgsp` for `lgsp-01` at `/lgsp/01`. */
  readonly prefix: string;
  /** Whether a province is served by this stand-in; default all are. */
  readonly serves?: (province: string) => boolean;
  /** The connector's name of a credential, and the end of its variable, e.g. `CONSUMER_KEY`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Of the sources, before the name of the province. */
  readonly name: string;
  readonly settings: Omit<StandInSource, 'name' | 'config' | 'scope'>;
}

/** Accounts and sources of a stand-in that each province has one of: a source speaks of its own province only. */
export function perProvince(options: PerProvinceOptions): Pick<StandIn, 'accounts' | 'source'> {
  const { prefix, serves = () => true, credentials, name, settings } = options;
  const variable = (province: string, end: string): string => `${prefix.toUpperCase()}_${province}_${end}`;
  return {
    accounts: (provinces) =>
      provinces
        .filter(({ code }) => serves(code))
        .map(({ code: province }) => ({
          id: `${prefix}-${province}`,
          path: `/${prefix}/${province}`,
          credentials: Object.fromEntries(
            Object.entries(credentials).map(([credential, end]) => [credential, variable(province, end)]),
          ),
          province,
        })),
    source: ({ province = '' }, baseUrl, provinces) => ({
      ...settings,
      name: `${name} ${provinces.find(({ code }) => code === province)?.name ?? province}`,
      config: { baseUrl, province },
      scope: { province },
    }),
  };
}
