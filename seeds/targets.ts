/** What a province connects to. Ministry-run services count as ministry systems. */
export type TargetKind = 'portal' | 'national-database' | 'ministry-system' | 'emc' | 'document-axis';

export interface TargetFact {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: TargetKind;
}

export const PORTAL = 'DVCQG';
export const EMC = 'EMC';

export const targets: readonly TargetFact[] = [
  { code: PORTAL, name: 'Cổng Dịch vụ công quốc gia', nameEn: 'National Public Service Portal', kind: 'portal' },
  {
    code: 'CSDLQG-DC',
    name: 'Cơ sở dữ liệu quốc gia về dân cư',
    nameEn: 'National population database',
    kind: 'national-database',
  },
  {
    code: 'CSDLQG-DKDN',
    name: 'Cơ sở dữ liệu quốc gia về đăng ký doanh nghiệp',
    nameEn: 'National business registration database',
    kind: 'national-database',
  },
  {
    code: 'CSDLQG-DD',
    name: 'Cơ sở dữ liệu quốc gia về đất đai',
    nameEn: 'National land database',
    kind: 'national-database',
  },
  {
    code: 'HOTICH',
    name: 'Hệ thống thông tin đăng ký, quản lý hộ tịch điện tử',
    nameEn: 'Electronic civil status system',
    kind: 'ministry-system',
  },
  {
    code: 'LLTP',
    name: 'Hệ thống thông tin lý lịch tư pháp',
    nameEn: 'Judicial record system',
    kind: 'ministry-system',
  },
  { code: 'VNPOST', name: 'Hệ thống của VNPost', nameEn: 'VNPost delivery system', kind: 'ministry-system' },
  {
    code: EMC,
    name: 'Hệ thống đo lường, giám sát chất lượng dịch vụ công',
    nameEn: 'Measurement and monitoring of public services (EMC)',
    kind: 'emc',
  },
  {
    code: 'VXP',
    name: 'Trục liên thông văn bản quốc gia',
    nameEn: 'National document exchange axis',
    kind: 'document-axis',
  },
];
