import { describe, expect, test } from '@jest/globals';
import { DOCUMENTS, loadDeployments, loadPartyOperations, loadProvinces, loadReadiness } from '../../seeds/facts.ts';
import { coverageAt } from '../../seeds/june/coverage.ts';
import { incidentsOf, lastIncidentAt } from '../../seeds/june/incidents.ts';
import { linksAt } from '../../seeds/june/links.ts';
import { DISPATCH_AT, HOUR_MS, JUNE_END, JUNE_START, REPORT_AT, YESTERDAY_AT } from '../../seeds/june/moments.ts';
import { criterionCountsAt, readinessAt } from '../../seeds/june/readiness.ts';
import { contentOf, publishedEdition, reportEditions } from '../../seeds/june/reports.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { targets } from '../../seeds/targets.ts';

const SEEDS = [1, 7, 2025];
const at = (text: string): Date => new Date(`2025-06-${text}:00+07:00`);
const everyHours = (hours: number): Date[] => {
  const count = Math.floor((JUNE_END.getTime() - JUNE_START.getTime()) / (hours * HOUR_MS));
  return Array.from({ length: count + 1 }, (_, index) => new Date(JUNE_START.getTime() + index * hours * HOUR_MS));
};

describe('the facts', () => {
  test('34 provinces, 63 former ones, 3,321 communes, 170 deployments, 26,033 provincial logins', () => {
    const { provinces } = loadProvinces();
    expect(provinces).toHaveLength(34);
    expect(new Set(provinces.flatMap(({ formerProvinces }) => formerProvinces)).size).toBe(63);
    expect(provinces.reduce((sum, { communeCount }) => sum + communeCount, 0)).toBe(3321);
    expect(loadDeployments().deployments).toHaveLength(170);
    const { provincialUsage, provincialTotals } = loadPartyOperations();
    expect(provincialUsage.reduce((sum, { logins }) => sum + logins, 0)).toBe(26_033);
    expect(provincialTotals.logins).toBe(26_033);
  });

  test('every text is NFC', () => {
    const texts = JSON.stringify([loadProvinces(), loadDeployments(), loadReadiness(), loadPartyOperations()]);
    expect(texts).toBe(texts.normalize('NFC'));
  });
});

describe.each(SEEDS)('readiness by seed %i', (seed) => {
  const { criteria, difficulties, dispatch } = loadReadiness();

  test('before the dispatch nobody speaks; on 25 June only of its four criteria, and their counts hold all day', () => {
    expect(readinessAt(new Date(DISPATCH_AT.getTime() - 1), seed)).toEqual([]);
    for (const moment of [DISPATCH_AT, at('25T12:00'), at('25T23:59')]) {
      const counts = criterionCountsAt(moment, seed).map(({ criterion, completedCount }) => [
        criterion,
        completedCount,
      ]);
      expect(new Map(counts as [string, number][])).toEqual(
        new Map(dispatch.progress.map(({ criterion, completedCount }) => [criterion, completedCount])),
      );
    }
  });

  test('at 12:15 on 26 June the counts are those of the report less its change, for all 26 criteria', () => {
    const counts = criterionCountsAt(YESTERDAY_AT, seed);
    expect(counts.map(({ criterion, completedCount, inferred }) => [criterion, completedCount, inferred])).toEqual(
      criteria.map(({ id, completedCount, deltaSinceYesterday }) => [id, completedCount - deltaSinceYesterday, true]),
    );
    expect(readinessAt(YESTERDAY_AT, seed).every(({ simulated }) => simulated)).toBe(true);
  });

  test('at 12:15 on 27 June it is the report, province by province, with its difficulties, and nothing is simulated', () => {
    const rows = readinessAt(REPORT_AT, seed);
    for (const criterion of criteria) {
      const missing = rows.filter((row) => row.criterion === criterion.id && !row.completed).map((row) => row.province);
      expect(missing.sort()).toEqual([...criterion.notCompleted].sort());
      expect(criterion.completedCount + missing.length).toBe(34);
      expect(missing).toEqual(expect.arrayContaining(['14', '80', '96']));
    }
    expect(criterionCountsAt(REPORT_AT, seed)).toEqual(
      criteria.map(({ id, completedCount, total, deltaSinceYesterday }) => ({
        criterion: id,
        completedCount,
        total,
        deltaSinceYesterday,
        simulated: false,
        inferred: false,
        document: DOCUMENTS.readiness,
      })),
    );
    expect(rows.some(({ simulated }) => simulated)).toBe(false);
    const told = rows.flatMap(({ criterion, province, difficulties: own }) =>
      (own ?? []).map(({ text }) => `${criterion} ${province} ${text}`),
    );
    const stated = difficulties.filter(({ criterion }) => criterion !== null);
    expect(told.sort()).toEqual(stated.map((one) => `${one.criterion} ${one.province} ${one.text}`).sort());
  });

  test('nobody turns back, what comes after the report is simulated, and on 1 July most are done but not all', () => {
    let before = new Set<string>();
    for (const moment of everyHours(3)) {
      const rows = readinessAt(moment, seed);
      const done = new Set(rows.filter((row) => row.completed).map((row) => `${row.criterion} ${row.province}`));
      expect([...before].filter((one) => !done.has(one))).toEqual([]);
      if (moment > REPORT_AT) expect(rows.every(({ simulated }) => simulated)).toBe(true);
      before = done;
    }
    expect(before.size).toBeGreaterThan(850);
    expect(before.size).toBeLessThan(884);
  });
});

describe('the daily reports', () => {
  test('28 June is corrected twice; 29 June comes a day late', () => {
    expect(publishedEdition('2025-06-28', at('28T12:14'))).toBeUndefined();
    expect(
      ['28T12:15', '28T15:00', '28T18:30'].map((time) => publishedEdition('2025-06-28', at(time))?.revision),
    ).toEqual([0, 1, 2]);
    expect(publishedEdition('2025-06-29', at('29T23:59'))).toBeUndefined();
    expect(publishedEdition('2025-06-29', at('30T07:00'))?.at).toEqual(at('29T12:15'));
  });

  test.each(SEEDS)(
    'by seed %i a correction only adds what the edition before it missed, and counts agree with rows',
    (seed) => {
      const completed = reportEditions
        .filter(({ day }) => day === '2025-06-28')
        .map((edition) => {
          const { readiness, counts } = contentOf(edition, seed);
          for (const { criterion, completedCount } of counts) {
            const rows = readiness.filter((row) => row.criterion === criterion && row.completed);
            expect(rows).toHaveLength(completedCount);
          }
          return new Set(readiness.filter((row) => row.completed).map((row) => `${row.criterion} ${row.province}`));
        });
      const [first, second, third] = completed as [Set<string>, Set<string>, Set<string>];
      expect(first.size).toBeLessThan(second.size);
      expect(second.size).toBeLessThan(third.size);
      expect([...first].every((one) => second.has(one)) && [...second].every((one) => third.has(one))).toBe(true);
    },
  );
});

describe.each(SEEDS)('what is simulated by seed %i', (seed) => {
  const moments = [...everyHours(5), YESTERDAY_AT, REPORT_AT];
  const kinds = new Map(targets.map(({ code, kind }) => [code, kind]));

  test('links never contradict readiness, seen from either side at the moments of the documents', () => {
    for (const moment of moments) {
      const isDocumentMoment = [YESTERDAY_AT, REPORT_AT].includes(moment);
      for (const view of isDocumentMoment ? (['lgsp', 'dvcqg'] as const) : (['lgsp'] as const)) {
        const links = linksAt(moment, seed, view);
        for (const { criterion, province, completed } of readinessAt(moment, seed)) {
          const own = links.filter((link) => link.province === province);
          if (criterion === 'DVCQG_CONNECTED') {
            const portal = own.find(({ target }) => target === 'DVCQG');
            expect(portal?.state !== 'DOWN').toBe(completed);
          }
          if (criterion === 'NATIONAL_DB_CONNECTED' && view === 'lgsp') {
            const counted = own.filter(({ target }) => !['portal', 'document-axis'].includes(kinds.get(target) ?? ''));
            expect(counted.every(({ state }) => state !== 'DOWN')).toBe(completed);
          }
        }
      }
    }
  });

  test('the two views of a link disagree sometimes, and links change within a few minutes', () => {
    const portalLinks = (moment: Date, view: 'lgsp' | 'dvcqg') =>
      linksAt(moment, seed, view)
        .filter(({ target }) => target === 'DVCQG')
        .map(({ state }) => state)
        .join();
    const disagreeing = moments.filter((moment) => portalLinks(moment, 'lgsp') !== portalLinks(moment, 'dvcqg'));
    expect(disagreeing.length).toBeGreaterThan(0);
    expect(disagreeing.length).toBeLessThan(moments.length);
    const noon = at('28T12:00');
    const later = new Date(noon.getTime() + 10 * 60_000);
    expect(linksAt(later, seed)).not.toEqual(linksAt(noon, seed));
    expect(linksAt(noon, seed)).toEqual(linksAt(noon, seed));
  });

  test('services offered never shrink and never exceed those required', () => {
    let before = coverageAt(JUNE_START, seed);
    for (const moment of moments.slice(0, -2)) {
      const rows = coverageAt(moment, seed);
      rows.forEach((row, index) => {
        expect(row.offered).toBeGreaterThanOrEqual(before[index]?.offered ?? 0);
        expect(row.offered).toBeLessThanOrEqual(row.required);
      });
      before = rows;
    }
  });

  test('incidents begin and end within June, one after another, and some are open when the report is written', () => {
    const systems = loadDeployments().deployments;
    const all = systems.map(({ province, system }) => incidentsOf(province, system, seed));
    for (const incidents of all) {
      const times = incidents.flatMap(({ openedAt, closedAt }) => [openedAt.getTime(), closedAt.getTime()]);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      for (const time of times) {
        expect(time).toBeGreaterThanOrEqual(JUNE_START.getTime());
        expect(time).toBeLessThan(at('30T24:00').getTime());
      }
    }
    const open = systems.filter(
      ({ province, system }) => lastIncidentAt(REPORT_AT, province, system, seed)?.closedAt === null,
    );
    expect(open.length).toBeGreaterThan(0);
    expect(open.length).toBeLessThan(systems.length / 4);
  });

  test('whoever runs a system tells of the same incidents', () => {
    const shared = loadDeployments().deployments.filter(({ vendors }) => vendors.length > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const { province, system, vendors } of shared) {
      const told = vendors.map(
        (vendor) =>
          vendorSystemsAt(vendor, REPORT_AT, seed).find((row) => row.province === province && row.system === system)
            ?.incident,
      );
      expect(told).toEqual(vendors.map(() => lastIncidentAt(REPORT_AT, province, system, seed)));
    }
  });

  test('VNPT runs exactly the deployments that name it, with the stated status where there is one', () => {
    const facts = loadDeployments().deployments.filter(({ vendors }) => vendors.includes('VNPT'));
    for (const moment of moments) {
      const rows = vendorSystemsAt('VNPT', moment, seed);
      expect(rows.map(({ province, system, partners }) => [province, system, ['VNPT', ...partners].sort()])).toEqual(
        facts.map(({ province, system, vendors }) => [province, system, [...vendors].sort()]),
      );
      rows.forEach((row, index) => {
        const stated = facts[index]?.status;
        expect(row.document === undefined).toBe(stated === 'UNKNOWN');
        if (stated !== 'UNKNOWN') expect(row.status).toBe(stated);
        expect(row.updatedAt.getTime()).toBeLessThanOrEqual(moment.getTime());
        if (facts[index]?.note) expect(row.note).toBeUndefined();
      });
    }
  });

  test('health is reported at 08:00 of each day for every system, within bounds', () => {
    expect(vendorHealthAt('VNPT', at('25T07:59'), seed)).toEqual([]);
    expect(vendorHealthAt('VNPT', at('26T08:00'), seed)).toHaveLength(2 * 115);
    expect(vendorHealthAt('VNPT', at('26T08:00'), seed, at('25T08:00'))).toHaveLength(115);
    for (const row of vendorHealthAt('VNPT', JUNE_END, seed)) {
      for (const percent of [row.uptimePercent, row.cpuPercent, row.memoryPercent]) {
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
      }
    }
  });
});
