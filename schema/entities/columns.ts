import { ArrayType, BigIntType, JsonType } from '@mikro-orm/core';

/** An object of its own for every use: the decorators write into the one that they are given. */
const column =
  <Options extends object>(options: Options) =>
  (): Options => ({ ...options });

/** The column types that our tables use, named once. */
export const text = column({ type: 'text', columnType: 'text' });
export const integer = column({ type: 'integer', columnType: 'integer' });
export const double = column({ type: 'double', columnType: 'double precision' });
export const boolean = column({ type: 'boolean', columnType: 'boolean' });
export const time = column({ type: 'datetime', columnType: 'timestamptz' });
/** Ids and sequence numbers, as JavaScript numbers. */
export const bigint = column({ type: new BigIntType('number'), columnType: 'bigint' });
export const codes = column({ type: ArrayType, columnType: 'text[]' });
export const json = column({ type: JsonType, columnType: 'jsonb' });
export const bytes = column({ type: 'blob', columnType: 'bytea' });
export const date = column({ type: 'date', columnType: 'date' });
export const nullable = { nullable: true } as const;

/** A column that PostgreSQL derives from the others, so the ORM only reads it. */
export const derived = (expression: string): { generated: string } => ({ generated: `(${expression}) stored` });
/** A part of the entity id, counted from 1. */
export const keyPart = (index: number): { generated: string } => derived(`split_part(id, ':'::text, ${index})`);
