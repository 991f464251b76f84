import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { askPlan } from '../../src/cli/connector-new/ask-plan.ts';
import type { ConnectorPlan } from '../../src/cli/connector-new/plan.ts';

/** A conversation in which an answer is given whenever a question is put; `undefined` ends it, as Ctrl-D does. */
function converse(answers: ReadonlyArray<string | undefined>, signal = new AbortController().signal) {
  const input = new PassThrough();
  const output = new PassThrough();
  const left = [...answers];
  let said = '';
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (!chunk.toString().endsWith('): ')) return;
    const answer = left.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const ask = (given: Partial<ConnectorPlan> = {}) => askPlan('kho-bac', given, { input, output, signal });
  return { ask, said: () => said, left };
}

describe('the questions of connector new', () => {
  test('take what is usual for an empty answer', async () => {
    const { ask } = converse(['', '', '', '', '', '']);
    expect(await ask()).toEqual({
      id: 'kho-bac',
      title: 'kho-bac',
      vendor: 'KHO_BAC',
      signIn: 'api-key',
      format: 'json',
      paging: 'single',
      tells: ['deployments'],
    });
  });

  test('are put again after an answer that makes no sense, which says what would', async () => {
    const answers = [
      "Kho 'bạc'",
      'Kho bạc',
      'kb',
      'KB',
      'kerberos',
      'basic',
      'json',
      'cursor',
      'weather',
      'health, links',
    ];
    const { ask, said, left } = converse(answers);
    expect(await ask()).toMatchObject({
      title: 'Kho bạc',
      vendor: 'KB',
      signIn: 'basic',
      paging: 'cursor',
      tells: ['health', 'links'],
    });
    expect(left).toEqual([]);
    expect(said()).toContain('without quotes');
    expect(said()).toContain('"kb" is no code of a vendor');
    expect(said()).toContain('"kerberos" is none of: none, api-key');
    expect(said()).toContain('"weather" is none of: deployments, health, links.');
  });

  test('leave out what was said, and the pages of files', async () => {
    const { ask, said } = converse(['', '', '']);
    expect(await ask({ title: 'Kho bạc', vendor: 'KB', format: 'csv' })).toMatchObject({
      format: 'csv',
      paging: 'single',
    });
    expect(said().match(/\): /g)).toHaveLength(2);
  });

  test('end as cancelled where the answers end', async () => {
    const { ask } = converse(['Kho bạc', undefined]);
    await expect(ask()).rejects.toMatchObject({ code: 'CANCELLED', message: expect.stringContaining('cancelled') });
  });

  test('end as cancelled where they are told to stop', async () => {
    const stopping = new AbortController();
    const { ask } = converse(['Kho bạc'], stopping.signal);
    const asked = ask();
    stopping.abort(new Error('SIGINT'));
    await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
