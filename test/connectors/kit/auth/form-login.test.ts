import { afterEach, describe, expect, test } from '@jest/globals';
import { formLogin } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { type PageServer, startPages } from '../../support/page-server.ts';

const LOGIN = `<!DOCTYPE html><title>${'Đăng nhập'.normalize('NFD')}</title>
  <form method="post" action="ACTION"><input type="hidden" name="_t" value="mot-lan"><input name="u">
  <input type="password" name="p"></form>`;
const connector = definePlain({
  auth: () => formLogin({ loginPath: '/vao', usernameField: 'u', passwordField: 'p', loginPage: /<title>Đăng nhập/ }),
  retry: { maxAttempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
});

let server: PageServer;
let bench: TestBench;
afterEach(async () => {
  bench.shared.close();
  await server.stop();
});

/** A site below `/co-so`: a login form, and things for whoever has a session that holds. */
async function startSite(options: { action?: string; password?: string; dies?: number[]; redirects?: boolean } = {}) {
  let sessions = 0;
  let things = 0;
  server = await startPages(({ method, path, cookie, body }) => {
    const login = LOGIN.replace('ACTION', options.action ?? '/co-so/vao');
    const form = { status: 200, html: login, cookies: ['form=1; Path=/co-so; HttpOnly', 'other=1; Path=/khac'] };
    if (path === '/co-so/vao' && method === 'GET') return form;
    if (path === '/co-so/vao') {
      const sent = new URLSearchParams({ _t: 'mot-lan', u: 'an', p: options.password ?? 'bí mật' });
      const isGood = cookie === 'form=1' && body === `${sent}`;
      if (!isGood) return form;
      sessions += 1;
      return {
        status: 302,
        location: '/co-so/',
        cookies: [`phien=s${sessions}; Path=/co-so`, 'form=; Max-Age=0; Path=/co-so'],
      };
    }
    things += 1;
    const isGone = options.dies?.includes(things) || cookie !== `phien=s${sessions}`;
    if (isGone && options.redirects) return { status: 302, location: '/co-so/vao?ve=things' };
    return isGone ? form : { status: 200, json: [{ id: 'A' }] };
  });
  bench = createBench(`${server.origin}/co-so`, { credentials: { username: 'an', password: 'bí mật' } });
}

const paths = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`);

describe('a login form', () => {
  test('is sent back with its cookie and its hidden field, and the session goes with what is asked', async () => {
    await startSite();
    const { error, observations } = await readAll(connector, bench.context);
    expect([error, observations.length]).toEqual([undefined, 1]);
    expect(paths()).toEqual(['GET /co-so/vao', 'POST /co-so/vao', 'GET /co-so/things']);
    expect(server.requests.map(({ cookie }) => cookie)).toEqual([undefined, 'form=1', 'phien=s1']);
  });

  test.each([
    { name: 'the login page comes in place of data', redirects: false },
    { name: 'a redirect to the login page comes', redirects: true },
  ])('is filled in again, once, when $name', async ({ redirects }) => {
    await startSite({ dies: [1], redirects });
    const { error, observations } = await readAll(connector, bench.context);
    expect([error, observations.length]).toEqual([undefined, 1]);
    expect(paths().filter((path) => path.startsWith('POST'))).toHaveLength(2);
  });

  test('is filled in once for all that find the session gone', async () => {
    await startSite();
    const { clock, ...context } = bench.context;
    const run = () => readAll(connector, { ...context, clock });
    const results = await Promise.all([run(), run(), run(), run()]);
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    expect(paths().filter((path) => path.startsWith('POST'))).toHaveLength(1);
  });

  test.each([
    { name: 'that comes again refuses the credentials', site: { password: 'khác' }, code: 'UPSTREAM_CONFIGURATION' },
    { name: 'of sessions that never hold', site: { dies: [1, 2] }, code: 'UPSTREAM_CONFIGURATION' },
    { name: 'that goes to another server', site: { action: 'http://127.0.0.1:9/x' }, code: 'UPSTREAM_CONTRACT' },
  ])('$name ends the run, and no credential is told', async ({ site, code }) => {
    await startSite(site);
    const { error } = await readAll(connector, bench.context);
    expect(error?.code).toBe(code);
    expect(`${error?.message} ${error?.userMessage}`).not.toMatch(/bí mật|mot-lan|phien/);
    expect(server.requests.length).toBeLessThan(8);
  });
});
