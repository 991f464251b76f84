import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { PushError } from './push-error.ts';
import type { BodyOptions, BodyRecord, PushBody } from './read-body.ts';
import { TextLines } from './text-lines.ts';

/** Deeper than anything that is meant, and shallow enough for those who walk through it by recursion. */
const MAX_DEPTH = 50;

/** A JSON body: a list of records, one record, or an object that lists them. */
export function readJsonBody(text: string, { recordsAt }: BodyOptions): PushBody {
  const whole = parse(text, 1);
  const at = recordsAt !== undefined && isObject(whole) && Array.isArray(whole[recordsAt]) ? [recordsAt] : [];
  const list = at.length > 0 ? ((whole as Record<string, Json>)[recordsAt as string] as Json) : whole;
  const records = (Array.isArray(list) ? list : [list]).map((value, index) => ({ row: index + 1, value, line: null }));
  const pathOf = ({ row }: BodyRecord): (string | number)[] => (Array.isArray(list) ? [...at, row - 1] : []);
  // Only what goes wrong needs its line, so only then is the text looked at once more.
  let tree: ReturnType<typeof parseTree> | undefined;
  let lines: TextLines | undefined;
  return {
    records,
    whole,
    nameOf: (field) => field,
    lineOf(record, path) {
      tree ??= parseTree(text);
      lines ??= new TextLines(text);
      const steps = [...pathOf(record), ...(path as (string | number)[])];
      for (let length = steps.length; length >= 0 && tree; length -= 1) {
        const node = findNodeAtLocation(tree, steps.slice(0, length));
        if (node) return lines.at(node.offset);
      }
      return null;
    },
  };
}

/** One JSON record a line; empty lines are none. */
export function readJsonLines(text: string): PushBody {
  const lines = text.split('\n').map((content, index) => ({ content, line: index + 1 }));
  const records = lines
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, line }, index) => ({ row: index + 1, value: parse(content, line), line }));
  return { records, nameOf: (field) => field, lineOf: (record) => record.line };
}

function parse(text: string, firstLine: number): Json {
  const depth = depthOf(text);
  if (depth > MAX_DEPTH) {
    throw PushError.unreadable(`It nests ${depth} levels deep; ${MAX_DEPTH} are taken.`, { line: firstLine });
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    const errors: ParseError[] = [];
    parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    const [error] = errors;
    const line = firstLine - 1 + new TextLines(text).at(error?.offset ?? 0);
    const what = error
      ? printParseErrorCode(error.error)
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .toLowerCase()
      : 'broken';
    throw PushError.unreadable(`It is no JSON: ${what} on line ${line}.`, { line });
  }
}

/** How deeply lists and objects nest; reads texts past, so that a bracket in one does not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (isInText) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) isInText = false;
    } else if (character === 0x22) isInText = true;
    else if (character === 0x5b || character === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return deepest;
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
