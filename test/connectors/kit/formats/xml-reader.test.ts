import { describe, expect, test } from '@jest/globals';
import { createXmlReader, type XmlOptions } from '../../../../connectors/kit/formats/xml-reader.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';

const NAMESPACE = 'urn:mobifone:lien-thong:1';

/** Read in pieces of that many characters. */
function read(text: string, options: XmlOptions = {}, pieceLength = text.length): Json {
  const reader = createXmlReader(options);
  for (let at = 0; at < text.length; at += pieceLength) reader.write(text.slice(at, at + pieceLength));
  return reader.end();
}

describe('XML', () => {
  test.each<{ name: string; text: string; options?: XmlOptions; expected: Json }>([
    { name: 'an element with text is a text', text: '<a>Hà Nội</a>', expected: { a: 'Hà Nội' } },
    { name: 'an empty element is an empty text', text: '<a/>', expected: { a: '' } },
    { name: 'children are members', text: '<a>\n  <b>1</b>\n  <c>2</c>\n</a>', expected: { a: { b: '1', c: '2' } } },
    { name: 'children of one name are a list', text: '<a><b>1</b><b>2</b></a>', expected: { a: { b: ['1', '2'] } } },
    {
      name: 'a child that may repeat is a list where it came once',
      text: '<a><b>1</b></a>',
      options: { lists: ['b'] },
      expected: { a: { b: ['1'] } },
    },
    { name: 'attributes stand beside the text', text: '<a x="1">t</a>', expected: { a: { '@x': '1', '#text': 't' } } },
    {
      name: 'CDATA is text, also between other text',
      text: '<a>1 &lt; <![CDATA[2 <b> & ]]>3</a>',
      expected: { a: '1 < 2 <b> & 3' },
    },
    {
      name: 'entities of characters are resolved',
      text: '<a>&#272;&#x1EA1;i &amp; &quot;</a>',
      expected: { a: 'Đại & "' },
    },
    {
      name: 'xsi:nil is null',
      text: '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><b xsi:nil="true"/></a>',
      expected: { a: { b: null } },
    },
    {
      name: 'a name that objects have of themselves is a member like any other',
      text: '<a><__proto__>1</__proto__></a>',
      expected: JSON.parse('{"a":{"__proto__":"1"}}') as Json,
    },
    {
      name: 'the promised namespace goes by local names, by whatever prefix',
      text: `<x:a xmlns:x="${NAMESPACE}"><y:b xmlns:y="${NAMESPACE}">1</y:b></x:a>`,
      options: { namespace: NAMESPACE },
      expected: { a: { b: '1' } },
    },
    {
      name: 'and without a prefix',
      text: `<a xmlns="${NAMESPACE}"><b c="1"/></a>`,
      options: { namespace: NAMESPACE },
      expected: { a: { b: { '@c': '1' } } },
    },
    {
      name: 'what only looks alike is of another namespace',
      text: `<a xmlns="${NAMESPACE}" xmlns:o="urn:other"><o:b>1</o:b></a>`,
      options: { namespace: NAMESPACE },
      expected: { a: { '{urn:other}b': '1' } },
    },
  ])('$name', ({ text, options, expected }) => {
    for (const pieceLength of [text.length, 1, 7]) {
      const value = read(text, options, pieceLength);
      expect(value).toEqual(expected);
      expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
    }
  });

  test('text beyond what the parser holds at once comes whole', () => {
    const long = 'Đ'.repeat(300_000);
    expect(read(`<a><b>${long}</b><c><![CDATA[${long}]]></c></a>`, {}, 65_536)).toEqual({ a: { b: long, c: long } });
  });

  const laughs = Array.from({ length: 10 }, (_, level) => {
    const body = level === 0 ? 'lol' : `&lol${level - 1};`.repeat(10);
    return `<!ENTITY lol${level} "${body}">`;
  });

  test.each([
    { name: 'entities that expand without end', text: `<!DOCTYPE a [${laughs.join('')}]><a>&lol9;</a>` },
    { name: 'an external entity', text: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>' },
    { name: 'a document type elsewhere', text: '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>' },
    { name: 'an entity that nobody declared', text: '<a>&nbsp;</a>' },
    { name: 'a prefix that nobody declared', text: '<x:a>1</x:a>' },
    { name: 'tags that do not match', text: '<a><b></a></b>' },
    { name: 'a document that breaks off', text: '<a><b>1</b>' },
    { name: 'a document that goes on after its end', text: '<a/><b/>' },
    { name: 'nothing', text: '   ' },
    { name: 'another encoding', text: '<?xml version="1.0" encoding="windows-1258"?><a/>' },
    { name: 'a tower of elements', text: '<a>'.repeat(101) + '</a>'.repeat(101) },
  ])('$name is refused', ({ text }) => {
    for (const pieceLength of [text.length, 5]) {
      expect(() => read(text, {}, pieceLength)).toThrow(
        expect.objectContaining({ code: 'UPSTREAM_SYSTEM', userMessage: "The upstream's answer is not valid XML." }),
      );
    }
  });

  test.each(['<!DOCTYPE html><html><body>Đăng nhập</body></html>', '<HTML><body></body></HTML>'])(
    'a web page is told from data: %s',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ message: 'HTML instead of data' }));
    },
  );
});
