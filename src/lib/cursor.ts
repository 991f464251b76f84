/** A place in the change log. `seq` 0 is before the first change. */
export interface LogPosition {
  readonly epoch: string;
  readonly seq: number;
}

const FORM = /^([0-9a-z]{1,32})-([0-9a-f]{16})$/;

/** Cursors of one epoch sort as text in the order of the log. */
export function encodeCursor(position: LogPosition): string {
  return `${position.epoch}-${position.seq.toString(16).padStart(16, '0')}`;
}

/** The place a cursor names, or null for a text that is no cursor. */
export function decodeCursor(cursor: string): LogPosition | null {
  const match = FORM.exec(cursor);
  if (!match) return null;
  const seq = Number.parseInt(match[2] as string, 16);
  return Number.isSafeInteger(seq) ? { epoch: match[1] as string, seq } : null;
}
