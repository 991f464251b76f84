export * from './hub-error.ts';
export * from './operation-errors.ts';
export * from './push-errors.ts';
export * from './request-errors.ts';
export * from './to-public-error.ts';
