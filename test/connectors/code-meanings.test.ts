import { expect, test } from '@jest/globals';
import { mapSystem as mapMobifone } from '../../connectors/mobifone/mapping.ts';
import { mapSystem as mapTandan } from '../../connectors/tandan/mapping.ts';
import type { Observation } from '../../schema/observation.ts';

const CHANGED_AT = new Date('2025-06-27T05:15:00Z');

const statusIn = (observations: readonly Observation[]): unknown =>
  observations.flatMap((one) => (one.class === 'fact' && 'status' in one.attributes ? [one.attributes.status] : []));

test.each([
  { code: '1', mobifone: 'PREPARING', tandan: 'OPERATING' },
  { code: '4', mobifone: 'READY', tandan: 'PREPARING' },
  { code: '6', mobifone: 'UNMAPPED', tandan: 'PILOT' },
])('code $code means at each vendor what that vendor means by it', ({ code, mobifone, tandan }) => {
  const told = mapMobifone({
    '@ma': '1',
    TinhThanh: '48',
    Loai: 'HOP',
    PhoiHop: [],
    TrangThai: code,
    CapNhatLuc: CHANGED_AT,
  });
  expect(statusIn(told)).toEqual([mobifone]);
  const other = mapTandan({
    ma: '1',
    ma_tinh: '48',
    ma_he_thong: 'HOP',
    phoi_hop: [],
    tinh_trang: code,
    ghi_chu: '',
    ngay_cap_nhat: CHANGED_AT,
  });
  expect(statusIn(other)).toEqual([tandan]);
});
