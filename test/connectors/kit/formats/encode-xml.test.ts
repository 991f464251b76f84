import { expect, test } from '@jest/globals';
import { createXmlReader } from '../../../../connectors/kit/formats/xml-reader.ts';
import { encodeXml } from '../../../../connectors/kit/sandbox/encode-xml.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';

const NAMESPACE = 'urn:example:1';

test.each(['mbf', 'ns2', ''])('what a stand-in sends under the prefix "%s" is what is read', async (prefix) => {
  const note = 'Chạy thử <2> xã & phường ]]> hết';
  const body: Json = { TraLoi: { '@so': '2', Muc: [{ Ten: 'a < b', GhiChu: note }, { Ten: '' }] } };
  const { payload } = await encodeXml({ namespace: NAMESPACE, prefix, cdata: ['GhiChu'] })(body);
  expect(payload).toContain('<![CDATA[Chạy thử <2>');
  expect(payload).toContain(prefix === '' ? '<TraLoi xmlns="urn' : `<${prefix}:TraLoi xmlns:${prefix}="urn`);
  const reader = createXmlReader({ namespace: NAMESPACE, lists: ['Muc'] });
  reader.write(payload.toString());
  expect(reader.end()).toEqual(body);
});
