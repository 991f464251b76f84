import type { FactObservation } from '../../schema/observation.ts';

/** Room for the version of a contract below the number of a correction. */
const ROOM = 10_000_000;

/**
 * What orders statements of a source about the same time: first the number of a correction, then the contract that it was
 * read by, so that a record that a mended mapping reads anew, with the very time that it had, stands above what the old one
 * made of it; last whether its code was understood: an upstream that sends an unknown code for a while, and then the right
 * one with the same time, has said the right one.
 */
export function statementRevision({ revision, attributes }: Ranked, contractVersion: string): number {
  const isUnderstood = !Object.values(attributes).includes('UNMAPPED');
  return 2 * ((revision ?? 0) * ROOM + contractRank(contractVersion)) + Number(isUnderstood);
}

type Ranked = Pick<FactObservation, 'revision' | 'attributes'>;

/** `2025-06.2` and `3` as numbers that rise with the version; 0 for what is written otherwise. */
export function contractRank(contractVersion: string): number {
  const [, year, month, minor] = /^(?:(\d{4})-(\d{2})\.)?(\d{1,2})$/.exec(contractVersion) ?? [];
  if (minor === undefined) return 0;
  const months = year === undefined ? 0 : Number(year) * 12 + Number(month);
  return months * 100 + Number(minor);
}
