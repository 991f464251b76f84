import { defineFactKind } from './fact-kind.ts';

/** How far a system of a province is, by the words of the report of June 2025. Absent means that nobody has said. */
export const DEPLOYMENT_STATUSES = ['PREPARING', 'CONFIGURING', 'PILOT', 'READY', 'OPERATING'] as const;
export const LINK_STATES = ['UP', 'DEGRADED', 'DOWN'] as const;

/** Which vendors run one of the five systems in a province, and how far it is. */
export const deploymentKind = defineFactKind({
  name: 'deployment',
  typeName: 'Deployment',
  table: 'deployment',
  key: ['province', 'system'],
  attributes: {
    vendors: { type: 'codes' },
    formerVendors: { type: 'codes' },
    status: { type: 'enum', values: [...DEPLOYMENT_STATUSES, 'UNMAPPED'] },
    note: { type: 'text', compared: false },
    difficulty: { type: 'text', compared: false },
  },
});

/** Whether a province has completed one of the 26 criteria, and what is in the way. */
export const readinessKind = defineFactKind({
  name: 'readiness',
  typeName: 'Readiness',
  table: 'readiness',
  key: ['province', 'criterion'],
  attributes: {
    completed: { type: 'boolean' },
    /** A list of `{category, text}`. */
    difficulties: { type: 'json', compared: false },
  },
});

/** The connection from a province to the portal, a national or ministry database, EMC or the document axis. */
export const linkKind = defineFactKind({
  name: 'link',
  typeName: 'Link',
  table: 'link',
  key: ['province', 'target'],
  attributes: {
    state: { type: 'enum', values: [...LINK_STATES, 'UNMAPPED'] },
    latencyMs: { type: 'integer', compared: false },
    lastSuccessAt: { type: 'timestamp', compared: false },
    detail: { type: 'text', compared: false },
  },
});

/** How many of the services that a portal programme requires a province offers. */
export const serviceCoverageKind = defineFactKind({
  name: 'serviceCoverage',
  typeName: 'ServiceCoverage',
  table: 'service_coverage',
  key: ['province', 'programme'],
  attributes: { offered: { type: 'integer' }, required: { type: 'integer' } },
});

/** In how many provinces a document says that a vendor runs a system; beside what the deployments add up to. */
export const vendorCountKind = defineFactKind({
  name: 'vendorCount',
  typeName: 'VendorCount',
  table: 'vendor_count',
  key: ['system', 'vendor'],
  attributes: { count: { type: 'integer' }, percent: { type: 'integer' }, total: { type: 'integer' } },
});

/** How many provinces a document says have completed a criterion; beside what the readiness rows add up to. */
export const criterionCountKind = defineFactKind({
  name: 'criterionCount',
  typeName: 'CriterionCount',
  table: 'criterion_count',
  key: ['criterion'],
  attributes: {
    completedCount: { type: 'integer' },
    total: { type: 'integer' },
    deltaSinceYesterday: { type: 'integer', compared: false },
  },
});
