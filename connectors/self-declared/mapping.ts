import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, statementOrRetraction, statements, unmappedDetail } from '../kit/index.ts';
import { type DeclaredRow, statusCodes } from './contract.ts';

/** Each of what a row says stands by itself: the next report may leave it out. */
export function mapRow({ province, system, status, vendors, note, difficulty, ...row }: DeclaredRow): Observation[] {
  const detail = markerDetail(row._sandbox);
  const base = { kind: 'deployment', key: { province, system }, observedAt: row.observedAt ?? null, detail } as const;
  const said = status === undefined ? undefined : mapCode(statusCodes, status.normalize('NFC').toLocaleLowerCase('vi'));
  // The word as it was written, not as it was looked up.
  const raw = said?.value === 'UNMAPPED' && { ...unmappedDetail(said), rawCode: status as string };
  const withCode = { ...base, detail: { ...detail, ...raw } };
  // The document that states how far a system is tells nothing of what is in its way.
  const { document: _ofTheStatus, ...unstated } = detail;
  return [
    ...statements(withCode, { status: said?.value }),
    ...statements(base, { vendors }),
    ...Object.entries({ note, difficulty }).flatMap(([name, text]) =>
      text === undefined ? [] : [statementOrRetraction({ ...base, detail: unstated }, name, text ?? undefined)],
    ),
  ];
}
