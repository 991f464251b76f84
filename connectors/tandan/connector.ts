import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, defineConnector, formatLocalTime, formLogin, lookback, pageNumber } from '../kit/index.ts';
import { frame, HEALTH_CONTRACT, health, SYSTEMS_CONTRACT, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const PAGE_SIZE = 4;
const DAY_MS = 86_400_000;

/** Tân Dân: the systems that it runs for provinces, and their health. */
export const tandanConnector = defineConnector({
  id: 'tandan',
  title: 'Tân Dân',
  shape: 'modelled',
  config: z.object({}),
  auth: () =>
    formLogin({
      loginPath: '/dang-nhap',
      usernameField: 'ten_dang_nhap',
      passwordField: 'mat_khau',
      loginPage: /<title>Đăng nhập/,
    }),
  errorCodeOf: codeIn('ma_loi', ['0', '00']),
  rateLimit: { requestsPerSecond: 3, burst: 6 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: pageNumber({
        size: PAGE_SIZE,
        frameOf,
        request: ({ page, size }) => ({
          method: 'GET',
          path: '/api/he-thong',
          query: { trang: page, so_dong: size },
        }),
      }),
      decode: (body) => frame.parse(body).du_lieu,
      contract: system,
      contractVersion: SYSTEMS_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: pageNumber({
        ...lookback({ firstMs: 7 * DAY_MS, overlapMs: 3 * DAY_MS, write: formatLocalTime }),
        size: PAGE_SIZE,
        frameOf,
        request: ({ page, size, from }) => ({
          method: 'GET',
          path: '/api/suc-khoe',
          query: { tu: String(from), trang: page, so_dong: size },
        }),
      }),
      decode: (body) => frame.parse(body).du_lieu,
      contract: health,
      contractVersion: HEALTH_CONTRACT,
      map: mapHealth,
    }),
  ],
});

function frameOf(body: Json) {
  const found = frame.safeParse(body).data;
  return found && { page: found.trang, pages: found.tong_trang, total: found.tong_so };
}
