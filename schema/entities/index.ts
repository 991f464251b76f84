import { ChangeLogRow, ChangeRow, ConflictRow, CorrectionRow } from './change.entity.ts';
import {
  CriterionCountRow,
  DeploymentRow,
  LinkRow,
  ReadinessRow,
  ServiceCoverageRow,
  VendorCountRow,
} from './fact.entity.ts';
import {
  DossierDayRow,
  DossierStatisticsRow,
  ObservationRow,
  ServiceHealthRow,
  UsageStatisticsRow,
} from './observation.entity.ts';
import { ReceiptRow } from './receipt.entity.ts';
import { CriterionRow, ProvinceRow, SystemRow, TargetRow, UnitRow, VendorRow } from './reference.entity.ts';
import {
  ApiKeyRow,
  CheckpointRow,
  RejectionRow,
  SourceActionRow,
  SourceRankRow,
  SourceRow,
  SyncRunRow,
} from './source.entity.ts';
import {
  KeptLookupRow,
  RawAnswerPartRow,
  RawAnswerRow,
  SourceNoticeRow,
  UpstreamBreakerRow,
  UpstreamDayRow,
  UpstreamSessionRow,
  UpstreamTurnRow,
} from './upstream.entity.ts';

/** Every table of the hub; a test compares them with what the migrations make. */
export const entities = [
  ProvinceRow,
  SystemRow,
  VendorRow,
  CriterionRow,
  TargetRow,
  UnitRow,
  DeploymentRow,
  ReadinessRow,
  LinkRow,
  ServiceCoverageRow,
  VendorCountRow,
  CriterionCountRow,
  ObservationRow,
  ServiceHealthRow,
  UsageStatisticsRow,
  DossierStatisticsRow,
  DossierDayRow,
  ChangeRow,
  ChangeLogRow,
  ConflictRow,
  CorrectionRow,
  SourceRow,
  SourceRankRow,
  SourceActionRow,
  SyncRunRow,
  RejectionRow,
  CheckpointRow,
  ApiKeyRow,
  ReceiptRow,
  KeptLookupRow,
  RawAnswerRow,
  RawAnswerPartRow,
  SourceNoticeRow,
  UpstreamTurnRow,
  UpstreamDayRow,
  UpstreamBreakerRow,
  UpstreamSessionRow,
] as const;
