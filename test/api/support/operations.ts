import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getOperationAST, parse } from 'graphql';

export interface OperationDocument {
  readonly file: string;
  readonly text: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

/** The documents of schema/operations. */
export function operationDocuments(): OperationDocument[] {
  const folder = fileURLToPath(new URL('../../../schema/operations/', import.meta.url));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => {
      const text = readFileSync(`${folder}${file}`, 'utf8');
      return { file, text, kind: getOperationAST(parse(text))?.operation ?? 'query' };
    });
}
