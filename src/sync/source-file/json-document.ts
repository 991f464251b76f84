import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';

export type JsonPath = readonly (string | number)[];

/** A mistake in a file, and where. */
export interface FileProblem {
  /** `:12 /sources/0/ttl`: the line, counted from 1, and the JSON pointer; for a mistake in the syntax the line alone. */
  readonly place: string;
  readonly message: string;
}

/** A JSON text that remembers where everything stands in it. */
export interface JsonDocument {
  readonly value: unknown;
  /** What is no JSON, and keys that stand twice, of which JSON keeps only the last. */
  readonly problems: readonly FileProblem[];
  /** The problem at a path; for one that is not in the text, at what is nearest around it. */
  problemAt(path: JsonPath, message: string): FileProblem;
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'there is something here that is no JSON',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing } is expected',
  CloseBracketExpected: 'a closing ] is expected',
  EndOfFileExpected: 'the text should have ended before this',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'a text is not closed',
};

/** Reads a JSON text; never throws. */
export function readJson(given: string): JsonDocument {
  // Editors on Windows write a byte order mark.
  const text = given.startsWith('\ufeff') ? given.slice(1) : given;
  try {
    return readText(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The parser goes down by recursion.
    const problem = { place: ':1', message: 'the text nests too deeply to be read.' };
    return { value: undefined, problems: [problem], problemAt: () => problem };
  }
}

function readText(text: string): JsonDocument {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const lineOf = (offset: number): number => lineStarts.findLastIndex((start) => start <= offset) + 1;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const syntax = errors.map(({ error, offset }): FileProblem => {
    const name = printParseErrorCode(error);
    return { place: `:${lineOf(offset)}`, message: `${WORDS[name] ?? name}.` };
  });
  const problemAt = (path: JsonPath, message: string): FileProblem => {
    const node = root && nearestNode(root, path);
    return { place: `:${lineOf(node?.offset ?? 0)} ${pointerOf(path)}`, message };
  };
  const doubled = root ? doubledKeys(root, []) : [];
  return {
    value: root && getNodeValue(root),
    problems: [...syntax, ...doubled.map(({ path, line }) => doubledProblem(path, lineOf(line)))],
    problemAt,
  };
}

/** RFC 6901. */
function pointerOf(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '/';
}

/** The key of a property where there is one, so that the line is that of its name. */
function nearestNode(root: Node, path: JsonPath): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node.parent?.type === 'property' ? (node.parent.children?.[0] ?? node) : node;
  }
  return root;
}

function doubledKeys(node: Node, path: JsonPath): { path: JsonPath; line: number }[] {
  const children = node.children ?? [];
  if (node.type === 'array') return children.flatMap((child, index) => doubledKeys(child, [...path, index]));
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return children.flatMap(({ children: [name, value] = [] }) => {
    if (!name) return [];
    const key = String(name.value);
    const inner = value ? doubledKeys(value, [...path, key]) : [];
    if (!seen.has(key)) {
      seen.add(key);
      return inner;
    }
    return [{ path: [...path, key], line: name.offset }, ...inner];
  });
}

function doubledProblem(path: JsonPath, line: number): FileProblem {
  return { place: `:${line} ${pointerOf(path)}`, message: `"${path.at(-1)}" stands here for the second time.` };
}
