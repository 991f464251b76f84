#!/usr/bin/env node
/**
 * A small vendor to practise on: `node docs/examples/vnpost/upstream.mjs`. It wants a login, gives its list in pages of
 * three, and speaks as such systems do: numbers as text, local times without a zone, Vietnamese decomposed. `PORT`
 * (default 4170) says where; 0 takes one that is free.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const SYSTEMS = [
  { tinh: '04', heThong: 'BAOCAO', tinhTrang: '6', ghiChu: 'Đã vận hành', capNhat: '20250626080000' },
  { tinh: '08', heThong: 'BAOCAO', tinhTrang: '6', ghiChu: '', capNhat: '20250627100000' },
  { tinh: '11', heThong: 'BAOCAO', tinhTrang: '3', ghiChu: 'Đang chạy thử', capNhat: '20250625000000' },
  { tinh: '12', heThong: 'BAOCAO', tinhTrang: '1', ghiChu: 'Đang cấu hình', capNhat: '20250625000000' },
];
const sessions = new Set();

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://vendor');
  const send = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  };
  if (request.method === 'POST' && url.pathname === '/login') {
    const { username, password } = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
    if (username !== 'hub' || password !== 'bi-mat') return send(401, { maLoi: 'SAI_MAT_KHAU' });
    const session = randomUUID();
    sessions.add(session);
    return send(200, { session });
  }
  if (!sessions.has(request.headers['x-session'])) return send(401, { maLoi: 'CHUA_DANG_NHAP' });
  if (url.pathname !== '/he-thong') return send(404, { maLoi: 'KHONG_CO' });
  const trang = Number(url.searchParams.get('trang') ?? 1);
  const co = Number(url.searchParams.get('co') ?? 3);
  const danhSach = SYSTEMS.slice((trang - 1) * co, trang * co).map((row) => ({
    ...row,
    ghiChu: row.ghiChu.normalize('NFD'),
  }));
  return send(200, { maLoi: 0, trang, soTrang: Math.ceil(SYSTEMS.length / co), tong: SYSTEMS.length, danhSach });
});
server.on('error', ({ message }) => {
  console.error(`${message}: say another port with PORT=…, and in sources.json as well`);
  process.exitCode = 1;
});
server.listen(Number(process.env.PORT ?? 4170), '127.0.0.1', () => {
  console.log(`VNPost answers at http://127.0.0.1:${server.address().port}`);
});
