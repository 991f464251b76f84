import XMLBuilder from 'fast-xml-builder';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { BodyEncoder } from './upstream.ts';

export interface XmlEncoding {
  /** Of all elements. */
  readonly namespace: string;
  /** The prefix that stands for it; '' makes it the default namespace. */
  readonly prefix: string;
  /** Names of elements whose text is sent as CDATA. */
  readonly cdata?: readonly string[];
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  cdataPropName: '#cdata',
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
});

/** Sends a body of one member, the root, as XML: members `@name` are attributes, lists elements that repeat, null none. */
export function encodeXml({ namespace, prefix, cdata = [] }: XmlEncoding): BodyEncoder {
  const nameOf = (name: string): string => (prefix === '' ? name : `${prefix}:${name}`);
  const toNode = (value: Json, name: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => toNode(item, name));
    if (value === null || typeof value !== 'object') return cdata.includes(name) ? { '#cdata': value } : value;
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(
      members.map(([key, member]) => (/^[@#]/.test(key) ? [key, member] : [nameOf(key), toNode(member, key)])),
    );
  };
  return (body) => {
    const [[name, root] = ['', null]] = Object.entries(body as Record<string, Json>);
    const declared = { [prefix === '' ? '@xmlns' : `@xmlns:${prefix}`]: namespace, ...(toNode(root, name) as object) };
    const document = { '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, [nameOf(name)]: declared };
    return { type: 'application/xml; charset=utf-8', payload: builder.build(document) };
  };
}
