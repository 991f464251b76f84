import sax from 'sax';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { notData } from './text-of.ts';
import { UnreadableError } from './unreadable-error.ts';

export interface XmlOptions {
  /**
   * The namespace of what is promised: its elements go by their local names, whatever prefix they come with; those of
   * another are called `{uri}local`, so that what only looks alike is not taken for it. Undefined: local names always.
   */
  readonly namespace?: string;
  /** Local names of elements that may stand several times: a list even where one came. Where none came there is none. */
  readonly lists?: readonly string[];
}

export interface XmlReader {
  /** Takes the next piece of the document, cut anywhere. Throws UPSTREAM_SYSTEM as soon as it is no document to be read. */
  write(text: string): void;
  /** The document: one member, the root. Throws UPSTREAM_SYSTEM where it is not whole. */
  end(): Json;
}

interface OpenElement {
  readonly name: string;
  readonly isList: boolean;
  readonly isNil: boolean;
  readonly members: Map<string, Json>;
  hasChildren: boolean;
  text: string;
}

/** A body is nested by its format, a few levels; more would be a way to make the hub run out of stack or memory. */
const MAX_DEPTH = 100;
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/**
 * Reads XML 1.0 with namespaces piece by piece. An element with text alone is a text (CDATA and entities resolved), one
 * with attributes or children an object: attributes as `@name`, text beside them as `#text`, elements that repeat as a
 * list, `xsi:nil` as null. A document type is refused: without one there is no external entity, and none that expands.
 */
export function createXmlReader({ namespace, lists = [] }: XmlOptions = {}): XmlReader {
  const parser = sax.parser(true, { xmlns: true, strictEntities: true } as sax.SAXOptions);
  const open: OpenElement[] = [];
  let root: [name: string, value: Json] | undefined;

  const nameOf = ({ uri, local }: { uri: string; local: string }): string =>
    namespace === undefined || uri === namespace || uri === '' ? local : `{${uri}}${local}`;

  parser.onerror = () => {
    throw invalid(`not well-formed, line ${parser.line + 1}, column ${parser.column + 1}`);
  };
  parser.ondoctype = (doctype) => {
    if (/^\s*html\b/i.test(doctype)) throw notData();
    throw invalid('it has a document type, which is not read');
  };
  parser.onprocessinginstruction = ({ name, body }) => {
    const encoding = name === 'xml' ? /encoding\s*=\s*["']([^"']*)/.exec(body)?.[1] : undefined;
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw invalid('its encoding is not UTF-8');
  };
  parser.onopentag = (tag) => {
    const { local, attributes } = tag as sax.QualifiedTag;
    if (open.length === 0 && local.toLowerCase() === 'html') throw notData();
    if (root !== undefined) throw invalid('it goes on after its end');
    if (open.length >= MAX_DEPTH) throw invalid(`it is nested deeper than ${MAX_DEPTH} levels`);
    const name = nameOf(tag as sax.QualifiedTag);
    const said = Object.values(attributes).filter(({ uri, name: full }) => uri !== XMLNS && full !== 'xmlns');
    const isNil = said.some(
      (attribute) => attribute.uri === XSI && attribute.local === 'nil' && /^(true|1)$/.test(attribute.value),
    );
    const members = said.filter(({ uri }) => uri !== XSI).map((one): [string, Json] => [`@${nameOf(one)}`, one.value]);
    open.push({ name, isList: lists.includes(name), isNil, members: new Map(members), hasChildren: false, text: '' });
  };
  const addText = (text: string): void => {
    const current = open.at(-1);
    if (current) current.text += text;
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const closed = open.pop() as OpenElement;
    const parent = open.at(-1);
    if (parent) addChild(parent, closed);
    else root = [closed.name, contentOf(closed)];
  };

  return {
    write: (text) => void parser.write(text),
    end() {
      parser.close();
      if (root === undefined) throw invalid('it is empty');
      return Object.fromEntries([root]);
    },
  };
}

function addChild(parent: OpenElement, child: OpenElement): void {
  parent.hasChildren = true;
  const value = contentOf(child);
  const known = parent.members.get(child.name);
  if (known === undefined) parent.members.set(child.name, child.isList ? [value] : value);
  else if (Array.isArray(known)) known.push(value);
  else parent.members.set(child.name, [known, value]);
}

function contentOf({ members, isNil, hasChildren, text }: OpenElement): Json {
  if (isNil) return null;
  if (members.size === 0 && !hasChildren) return text;
  if (text.trim() !== '') members.set('#text', text);
  return Object.fromEntries(members);
}

const invalid = (why: string): UnreadableError => new UnreadableError('valid XML', why);
