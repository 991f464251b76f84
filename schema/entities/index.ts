import { ChangeLogRow, ChangeRow, ConflictRow, CorrectionRow } from './change.entity.ts';
import {
  CriterionCountRow,
  DeploymentRow,
  LinkRow,
  ReadinessRow,
  ServiceCoverageRow,
  VendorCountRow,
} from './fact.entity.ts';
import { ObservationRow, ServiceHealthRow, UsageStatisticsRow } from './observation.entity.ts';
import { CriterionRow, ProvinceRow, SystemRow, TargetRow, UnitRow, VendorRow } from './reference.entity.ts';
import { ApiKeyRow, CheckpointRow, RejectionRow, SourceRankRow, SourceRow, SyncRunRow } from './source.entity.ts';

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
  ChangeRow,
  ChangeLogRow,
  ConflictRow,
  CorrectionRow,
  SourceRow,
  SourceRankRow,
  SyncRunRow,
  RejectionRow,
  CheckpointRow,
  ApiKeyRow,
] as const;
