import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from '../harness/child.ts';
import { communesOfDay, countOfDay } from './day.ts';

/** EMC with the figures of one day, and none of any other; streamed, so that it costs the measurement little. */
export interface StandInOptions {
  /** `2026-11-21` */
  readonly day: string;
  readonly username: string;
  readonly password: string;
  readonly isQuick: boolean;
}

const HEADER = 'ma_tthc,ngay,ma_tinh,ma_xa,qua_han,tiep_nhan,truc_tuyen,dung_han,_sandbox_simulated\n';

async function serve({ day, username, password, isQuick }: StandInOptions): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.headers.authorization !== authorization) return refuse(response, 401, 'SAI_MAT_KHAU');
    if (url.pathname !== `/do-luong/${day}.csv` || url.searchParams.get('cap') !== 'xa') {
      return refuse(response, 404, 'CHUA_CO');
    }
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'X-Tong-So-Dong': countOfDay(isQuick) });
    send(response, day, isQuick).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function refuse(response: ServerResponse, status: number, loi: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ loi }));
}

async function send(response: ServerResponse, day: string, isQuick: boolean): Promise<void> {
  response.write(HEADER);
  for (const { province, commune, rows } of communesOfDay(isQuick)) {
    const lines = rows.map(
      ({ procedure, received, online, onTime, overdue }) =>
        `${procedure},${day},${province},${commune},${overdue},${received},${online},${onTime},true\n`,
    );
    if (!response.write(lines.join(''))) await once(response, 'drain');
  }
  response.end();
}

answer({ serve });
