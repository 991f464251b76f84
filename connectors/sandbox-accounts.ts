/** The sources of the sandbox: their connectors, addresses below the sandbox, and the environment names of their credentials. */
export interface SandboxAccount {
  readonly id: string;
  readonly connector: string;
  /** Path below the sandbox's address. */
  readonly path: string;
  /** The connector's name of a credential, and the environment variable that holds it. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly province?: string;
}

export function sandboxAccounts(provinces: readonly string[]): SandboxAccount[] {
  return [
    { id: 'khcn', connector: 'khcn', path: '/khcn', credentials: { apiKey: 'KHCN_API_KEY' } },
    ...provinces.map((province) => ({
      id: `lgsp-${province}`,
      connector: 'lgsp-wso2',
      path: `/lgsp/${province}`,
      credentials: {
        consumerKey: `LGSP_${province}_CONSUMER_KEY`,
        consumerSecret: `LGSP_${province}_CONSUMER_SECRET`,
      },
      province,
    })),
    {
      id: 'dvcqg',
      connector: 'dvcqg',
      path: '/dvcqg',
      credentials: { username: 'DVCQG_USERNAME', password: 'DVCQG_PASSWORD' },
    },
    {
      id: 'vnpt',
      connector: 'vnpt',
      path: '/vnpt',
      credentials: { clientId: 'VNPT_CLIENT_ID', clientSecret: 'VNPT_CLIENT_SECRET' },
    },
    {
      id: 'party-operations',
      connector: 'party-operations',
      path: '/party-operations',
      credentials: { apiKey: 'PARTY_OPERATIONS_API_KEY' },
    },
  ];
}
