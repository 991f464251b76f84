import type { Entity } from '../../../connectors/bt/delta-token.ts';

/** The data platform of a province, as BT gives it. */
export const btEntity = (province: string, TinhTrang = 'SanSang', CapNhat = '2025-06-23T10:00:00.000Z'): Entity => ({
  Id: `${province}-LGSP`,
  TinhThanh: { Ma: province, Ten: province },
  LoaiHeThong: 'LGSP',
  DonViCungVanHanh: [],
  TinhTrang,
  GhiChu: null,
  CapNhat,
});
