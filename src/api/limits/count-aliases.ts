import { type DocumentNode, visit } from 'graphql';

/** How many fields of the document are given another name. */
export function countAliases(document: DocumentNode): number {
  let aliases = 0;
  visit(document, {
    Field: ({ alias }) => {
      if (alias) aliases++;
    },
  });
  return aliases;
}
