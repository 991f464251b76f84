import { describe, expect, test } from '@jest/globals';
import { loadDeployments } from '../../seeds/facts.ts';
import { openingCounts, summaryResidual } from '../../seeds/summary.ts';

/** What the summary says of a province and a system: by its lists, or by what follows from them. */
function summaryOf(system: string, province: string): string[] | undefined {
  const residual = summaryResidual.find((row) => row.system === system && row.province === province);
  if (residual) return [...residual.vendors];
  const named = loadDeployments().summaryClaims.filter(
    (claim) => claim.system === system && claim.namedProvinces.includes(province),
  );
  return named.length > 0 ? named.map(({ vendor }) => vendor) : undefined;
}

describe('the summary against the appendix', () => {
  const { conflicts, deployments, summaryClaims } = loadDeployments();
  const isCountOnly = ({ system, vendor }: (typeof conflicts)[number]) => system === 'TTHC' && vendor === 'SELF';
  const concerned = conflicts.filter((conflict) => conflict.provinces.length > 0 && !isCountOnly(conflict));

  test.each(
    concerned.flatMap(({ system, vendor, provinces }) => provinces.map((province) => [system, vendor, province])),
  )('disagree on %s of %s in province %s', (system, _vendor, province) => {
    const appendix = deployments.find((row) => row.system === system && row.province === province);
    const summary = summaryOf(system as string, province as string);
    expect(summary).toBeDefined();
    expect([...(summary ?? [])].sort()).not.toEqual([...(appendix?.vendors ?? [])].sort());
  });

  test('disagree nowhere else', () => {
    const known = new Set(concerned.flatMap(({ system, provinces }) => provinces.map((code) => `${system} ${code}`)));
    const disagreeing = deployments.filter(({ system, province, vendors }) => {
      const summary = summaryOf(system, province);
      return summary !== undefined && [...summary].sort().join() !== [...vendors].sort().join();
    });
    expect(new Set(disagreeing.map(({ system, province }) => `${system} ${province}`))).toEqual(known);
  });

  test('an opening sentence counts otherwise than the list after it', () => {
    for (const { system, vendor, count } of openingCounts) {
      const list = summaryClaims.find((claim) => claim.system === system && claim.vendor === vendor);
      expect(list?.claimedCount).not.toBe(count);
      expect(list?.namedProvinces).toHaveLength(list?.claimedCount ?? -1);
    }
  });
});
