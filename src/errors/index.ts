export * from './hub-error.ts';
export * from './operation-errors.ts';
export * from './request-errors.ts';
