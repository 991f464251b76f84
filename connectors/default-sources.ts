import { loadProvinces } from '../seeds/facts.ts';
import type { SourceFile } from './kit/index.ts';
import { type SourceFileInput, sourceFileSchema } from './kit/source-file.ts';
import { type SandboxAccount, sandboxAccounts } from './sandbox-accounts.ts';

type SourceInput = SourceFileInput['sources'][number];
type Settings = Omit<SourceInput, 'id' | 'connector' | 'config' | 'credentials'>;

/**
 * The sources of the sandbox, in the form that the `SOURCES` file has. Schedules count real seconds: at the sandbox's
 * default speed a day is a minute, so that each day is seen in several steps. Times to live are short enough that a
 * source that a fault silences is seen to turn stale.
 */
export function createDefaultSources(sandbox: { readonly baseUrls: Readonly<Record<string, string>> }): SourceFile {
  const { provinces } = loadProvinces();
  const names = new Map(provinces.map(({ code, name }) => [code, name]));
  const sources = sandboxAccounts(provinces.map(({ code }) => code)).map((account): SourceInput => {
    const baseUrl = sandbox.baseUrls[account.id];
    if (!baseUrl) throw new Error(`The sandbox has no ${account.id}`);
    const { id, connector, credentials } = account;
    return { id, connector, credentials, ...settingsOf(account, baseUrl, names) };
  });
  return sourceFileSchema.parse({ sources });
}

function settingsOf(
  { connector, province }: SandboxAccount,
  baseUrl: string,
  names: ReadonlyMap<string, string>,
): Settings & Pick<SourceInput, 'config'> {
  switch (connector) {
    case 'khcn':
      return {
        name: 'Báo cáo của Bộ Khoa học và Công nghệ',
        config: { baseUrl },
        schedule: { everySeconds: 5, jitterSeconds: 1 },
        ttl: 'PT10M',
        precedence: { default: 10 },
        voices: {
          summary: { name: 'Phần tổng hợp của báo cáo', precedence: { default: 40 }, ttl: 'PT10M' },
          opening: { name: 'Câu mở đầu của báo cáo', precedence: { default: 50 }, ttl: 'PT10M' },
        },
      };
    case 'lgsp-wso2':
      return {
        name: `LGSP ${names.get(province ?? '')}`,
        config: { baseUrl, province: province ?? '' },
        schedule: { everySeconds: 10, jitterSeconds: 5 },
        ttl: 'PT2M',
        precedence: { default: 10 },
        scope: { province: province ?? '' },
      };
    case 'dvcqg':
      return {
        name: 'Cổng Dịch vụ công quốc gia',
        config: { baseUrl, madonvi: '000.00.00.G22' },
        schedule: { everySeconds: 5, jitterSeconds: 1 },
        ttl: 'PT2M',
        precedence: { default: 20, link: 20, serviceCoverage: 10 },
      };
    case 'party-operations':
      return {
        name: 'Hệ thống thông tin điều hành tác nghiệp của Đảng',
        config: { baseUrl },
        schedule: { everySeconds: 30, jitterSeconds: 5 },
        ttl: 'PT10M',
        precedence: { default: 10 },
      };
    default:
      return {
        name: 'VNPT',
        config: { baseUrl },
        schedule: { everySeconds: 10, jitterSeconds: 2 },
        ttl: 'PT5M',
        precedence: { default: 20, serviceHealth: 10 },
      };
  }
}
