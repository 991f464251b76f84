/** NOTIFY channels. A notification only wakes; the tables are the truth, so a lost one costs a moment. */
export const CHANGE_CHANNEL = 'lienthong_change';
export const RUN_CHANNEL = 'lienthong_run';
export const KEY_CHANNEL = 'lienthong_key';
/** Payload: the id of a source whose state changed otherwise than by a run. */
export const SOURCE_CHANNEL = 'lienthong_source';
