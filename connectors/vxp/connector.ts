import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, credentialHeaders, defineConnector, pageNumber, xmlFormat } from '../kit/index.ts';
import { message, messageList, NAMESPACE, STATUS_CONTRACT } from './contract.ts';
import { mapStatus } from './mapping.ts';

/** The national document axis: what provinces report through it of their connection to it. */
export const vxpConnector = defineConnector({
  id: 'vxp',
  title: 'Trục liên thông văn bản quốc gia',
  shape: 'public',
  config: z.object({}),
  auth: () => credentialHeaders({ 'X-System-Id': 'systemId', 'X-Secret': 'secret' }),
  errorCodeOf: codeIn('ErrorCode', ['0', '00']),
  errors: [
    { when: { code: ['4'] }, action: 'ignore', kind: 'system', userMessage: 'The axis has no such document any more.' },
  ],
  rateLimit: { requestsPerSecond: 20, burst: 40 },
  streams: (stream) => [
    stream({
      name: 'status',
      kinds: ['link'],
      mode: 'incremental',
      paginator: pageNumber({
        size: 50,
        request: ({ page, size }) =>
          call('getReceivedEdocList', {
            servicetype: 'eDoc',
            messagetype: 'status',
            pageIndex: page,
            pageSize: size,
          }),
        frameOf: (body) => {
          const { pageIndex, totalPages, total } = messageList.parse(body);
          return { page: pageIndex, pages: totalPages, total };
        },
      }),
      decode: (body) => messageList.parse(body).data,
      queue: {
        idOf: (entry) => (entry as { id: string }).id,
        get: (id) => call('getEdoc', { docId: id }),
        format: xmlFormat({ namespace: NAMESPACE }),
        idIn: messageIdIn,
        acknowledge: (id, outcome) => call('updateStatus', { docid: id, status: outcome }),
      },
      contract: message,
      contractVersion: STATUS_CONTRACT,
      map: mapStatus,
    }),
  ],
});

function call(service: string, parameters: Readonly<Record<string, Json>>) {
  return { method: 'POST', path: `/VXPAdapter/${service}`, json: parameters } as const;
}

const envelope = z.object({
  edXML: z.object({
    edXMLEnvelope: z.object({ edXMLHeader: z.object({ MessageHeader: z.object({ MessageId: z.string() }) }) }),
  }),
});

function messageIdIn(body: Json): string | undefined {
  return envelope.safeParse(body).data?.edXML.edXMLEnvelope.edXMLHeader.MessageHeader.MessageId;
}
