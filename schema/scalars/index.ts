export { Cursor } from './cursor.ts';
export { DateTime } from './date-time.ts';
export { JsonScalar } from './json.ts';
export { SequenceNumber } from './sequence-number.ts';
