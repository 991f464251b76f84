import { DEPLOYMENT_STATUSES, LINK_STATES } from '../kinds/facts.ts';
import { camelCase, defineEnum, defineOrder, kebabCase, lowerCase } from './define-enum.ts';

export const DeploymentStatus = defineEnum(
  'DeploymentStatus',
  'How far a system of a province is. Null where no source has said.',
  Object.fromEntries(
    [...DEPLOYMENT_STATUSES, 'UNMAPPED'].map((status) => [
      status,
      {
        PREPARING: 'Being prepared.',
        CONFIGURING: 'Being configured for the two tiers.',
        PILOT: 'On trial.',
        READY: 'Ready, not yet in use.',
        OPERATING: 'In use.',
      }[status] ?? 'The source used a code that the hub does not know; the provenance has it.',
    ]),
  ) as Record<(typeof DEPLOYMENT_STATUSES)[number] | 'UNMAPPED', string>,
);

export const LinkState = defineEnum('LinkState', 'Whether a connection works.', [...LINK_STATES, 'UNMAPPED']);

export const ProvinceKind = defineEnum(
  'ProvinceKind',
  'Centrally run city or province.',
  ['CITY', 'PROVINCE'],
  lowerCase,
);
export const VendorKind = defineEnum(
  'VendorKind',
  'Who stands behind a vendor code.',
  { ENTERPRISE: 'A company.', SELF_BUILT: 'The province itself.' },
  kebabCase,
);

export const UnitKind = defineEnum(
  'UnitKind',
  "What a unit of the Party's document system is.",
  {
    FORMER_PROVINCE: 'One of the 63 provinces of before 1 July 2025.',
    CENTRAL_BODY: 'A body of the Party at the centre.',
  },
  kebabCase,
);

const factKindTexts = {
  DEPLOYMENT: 'Which vendors run a system in a province.',
  READINESS: 'Whether a province has completed a criterion.',
  LINK: 'The connection from a province to a target.',
  SERVICE_COVERAGE: 'How many services of a programme a province offers.',
  VENDOR_COUNT: 'In how many provinces a document says that a vendor runs a system.',
  CRITERION_COUNT: 'How many provinces a document says have completed a criterion.',
};
export const FactKind = defineEnum('FactKind', 'The kinds of fact that sources describe.', factKindTexts, camelCase);
export const ChangedKind = defineEnum(
  'ChangedKind',
  'What a change is about.',
  {
    ...factKindTexts,
    SERVICE_HEALTH: 'Health of a system, as its vendor measured it.',
    USAGE_STATISTICS: "Use of the Party's document system by a unit in a period.",
    DOSSIER_STATISTICS: 'Dossiers of a province on a day, added up.',
    CONFLICT: 'A disagreement between sources: opened, altered or closed.',
  },
  camelCase,
);

export const ChangeKind = defineEnum('ChangeKind', 'What happened to an entity.', ['CREATED', 'UPDATED', 'REMOVED']);

export const ChangeCause = defineEnum('ChangeCause', 'Why an entity changed.', {
  OBSERVED: 'A source said something new.',
  CORRECTED: 'An operator corrected it.',
  CORRECTION_WITHDRAWN: 'An operator withdrew a correction.',
  STALE: 'What was said grew older than its source allows.',
  ABSENT: 'A complete snapshot no longer names it.',
  RECOMPUTED: 'The rules of unifying changed.',
});

export const RunState = defineEnum('SyncRunState', 'How a run stands.', {
  RUNNING: 'Still going.',
  SUCCEEDED: 'Everything was read and accepted.',
  PARTIAL: 'Something was rejected or left out.',
  FAILED: 'It ended with an error.',
  CANCELLED: 'It was stopped.',
});
export const RunTrigger = defineEnum(
  'SyncRunTrigger',
  'What started a run.',
  {
    SCHEDULE: 'Its time had come.',
    REQUEST: 'Somebody asked for it.',
    COMMAND: 'The command line.',
    BACKFILL: 'Somebody asked for a range of the past.',
    REPLAY: 'Somebody asked for what is kept to be read anew.',
    PUSH: 'The source sent something.',
  },
  lowerCase,
);
export const SourceKind = defineEnum(
  'SourceKind',
  'How a source reaches the hub.',
  {
    PULL: 'The hub asks it.',
    PUSH: 'It sends.',
    OPERATOR: 'Corrections by operators.',
    DOCUMENT: 'A voice of a document that another source delivers.',
  },
  lowerCase,
);

export const ConflictState = defineEnum('ConflictState', 'Whether the sources still disagree.', ['OPEN', 'CLOSED']);
export const GoingAwayReason = defineEnum('GoingAwayReason', 'Why the hub ends a subscription.', {
  SHUTDOWN: 'The hub stops or is being replaced; connect again with the cursor.',
  SLOW_CONSUMER: 'The client did not read fast enough; connect again with the cursor.',
  UNAVAILABLE: 'The log cannot be read just now; connect again with the cursor.',
  KEY_REVOKED: 'The key was revoked.',
});
export const MustRefetchReason = defineEnum('MustRefetchReason', 'Why a cursor cannot be resumed.', {
  EXPIRED: 'The log no longer goes back that far.',
  EPOCH: 'It is of another log.',
  FUTURE: 'It is ahead of the log.',
});

export const ProvinceOrder = defineOrder('ProvinceOrder', ['CODE', 'NAME', 'COMMUNE_COUNT']);
export const DeploymentOrder = defineOrder('DeploymentOrder', ['PROVINCE', 'SYSTEM', 'STATUS', 'UPDATED_AT']);
export const ReadinessOrder = defineOrder('ReadinessOrder', ['PROVINCE', 'CRITERION', 'COMPLETED', 'UPDATED_AT']);
export const LinkOrder = defineOrder('LinkOrder', ['PROVINCE', 'TARGET', 'STATE', 'LATENCY', 'UPDATED_AT']);
export const ServiceCoverageOrder = defineOrder('ServiceCoverageOrder', [
  'PROVINCE',
  'PROGRAMME',
  'OFFERED',
  'UPDATED_AT',
]);
export const VendorCountOrder = defineOrder('VendorCountOrder', ['SYSTEM', 'VENDOR', 'COUNT']);
export const CriterionCountOrder = defineOrder('CriterionCountOrder', ['CRITERION', 'COUNT']);
export const ServiceHealthOrder = defineOrder('ServiceHealthOrder', ['PROVINCE', 'UPTIME', 'MEASURED_AT']);
export const UsageOrder = defineOrder('UsageOrder', ['UNIT', 'PROVINCE', 'PERIOD', 'USERS', 'LOGINS']);
export const DossierOrder = defineOrder('DossierOrder', [
  'PROVINCE',
  'COMMUNE',
  'PROCEDURE',
  'DAY',
  'RECEIVED',
  'OVERDUE',
]);
export const DossierTotalOrder = defineOrder('DossierTotalOrder', [
  'PROVINCE',
  'DAY',
  'RECEIVED',
  'ONLINE',
  'ON_TIME',
  'OVERDUE',
]);
export const ConflictOrder = defineOrder('ConflictOrder', ['OPENED_AT', 'UPDATED_AT', 'PROVINCE']);
export const ChangeOrder = defineOrder('ChangeOrder', ['SEQ']);

export const DeploymentGroup = defineEnum('DeploymentGroup', 'What deployments can be grouped by.', [
  'PROVINCE',
  'SYSTEM',
  'VENDOR',
  'STATUS',
]);
export const ReadinessGroup = defineEnum('ReadinessGroup', 'What readiness can be grouped by.', [
  'PROVINCE',
  'CRITERION',
  'SYSTEM',
]);
export const LinkGroup = defineEnum('LinkGroup', 'What links can be grouped by.', ['PROVINCE', 'TARGET', 'STATE']);
export const UsageGroup = defineEnum('UsageGroup', 'What use can be grouped by.', ['KIND', 'PROVINCE', 'PERIOD']);
export const DossierGroup = defineEnum('DossierGroup', 'What dossiers can be grouped by.', [
  'PROVINCE',
  'COMMUNE',
  'PROCEDURE',
  'DAY',
]);
