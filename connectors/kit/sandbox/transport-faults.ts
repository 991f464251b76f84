import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { FaultName } from './faults.ts';

const HANG_MS = 60_000;
/** Twice what the kit lets through, in about 64 KiB. */
const BURST_BYTES = 64 * 2 ** 20;

/** Made once: packing it takes a quarter of a second. */
let burst: Buffer | undefined;

const STATUSES: Partial<Record<FaultName, { status: number; headers?: Record<string, string> }>> = {
  '401': { status: 401 },
  '403': { status: 403 },
  '429': { status: 429 },
  '429-retry-after': { status: 429, headers: { 'Retry-After': '1' } },
  '500': { status: 500 },
  '503': { status: 503 },
};
const HTML = '<!DOCTYPE html><html><body><form action="/login">Phiên làm việc đã hết hạn</form></body></html>';

/**
 * Sends in place of the true answer what the fault makes of it. Gives false, and sends nothing, where no fault concerns
 * how an answer is sent.
 */
export function spoilTransport(
  faults: readonly FaultName[],
  payload: string | Buffer,
  response: ServerResponse,
): boolean {
  for (const fault of faults) {
    const refusal = STATUSES[fault];
    if (refusal) {
      response.writeHead(refusal.status, { 'Content-Type': 'application/json', ...refusal.headers }).end('{}');
      return true;
    }
    const send = SENDERS[fault];
    if (send) {
      send(payload, response);
      return true;
    }
  }
  return false;
}

const SENDERS: Partial<Record<FaultName, (payload: string | Buffer, response: ServerResponse) => void>> = {
  html: (_payload, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(HTML);
  },
  hang: (payload, response) => {
    // Whoever asked may have gone while the body was made.
    if (response.closed) return;
    const timer = setTimeout(() => response.end(payload), HANG_MS);
    response.on('close', () => clearTimeout(timer));
  },
  reset: (payload, response) => {
    const bytes = Buffer.from(payload);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.resetAndDestroy());
  },
  'invalid-utf8': (payload, response) => {
    const bytes = Buffer.from(payload);
    const at = Math.floor(bytes.length / 2);
    const broken = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe]), bytes.subarray(at)]);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(broken);
  },
  'gzip-burst': (_payload, response) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    burst ??= gzipSync(Buffer.alloc(BURST_BYTES, ' '));
    response.writeHead(200, headers).end(burst);
  },
};
