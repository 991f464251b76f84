import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as kit from '../../../connectors/kit/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(ROOT, 'docs/add-a-connector.md'), 'utf8');

/** What is named there and is a member of an option, or of what one gives. */
const OPTIONS = new Set(['auth', 'format', 'paginator', 'progress', 'frameOf', 'next']);

/** What the guide names in the paragraph that begins with this word. */
function namedUnder(word: string): string[] {
  const [, paragraph = ''] = new RegExp(`^\\*\\*${word}\\*\\*([\\s\\S]*?)\\n\\n`, 'm').exec(guide) ?? [];
  const names = [...paragraph.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  return names.filter((name) => !OPTIONS.has(name));
}

/** What the kit exports of a folder: the functions that a declaration may use. */
function exportedFrom(folder: string, kind: RegExp): string[] {
  return readdirSync(join(ROOT, 'connectors/kit', folder)).flatMap((file) => {
    const text = readFileSync(join(ROOT, 'connectors/kit', folder, file), 'utf8');
    const found = [...text.matchAll(/^export function (\w+)[\s\S]*?\): (\w+)[<\s]/gm)];
    return found.filter(([, name = '', type = '']) => name in kit && kind.test(type)).map(([, name = '']) => name);
  });
}

describe('the guide to connectors names what there is to choose from', () => {
  test.each([
    ['Sign-in', 'auth', /^AuthKind$/],
    ['Format', 'formats', /^Format$/],
    ['Paging', 'paging', /^Paginator$/],
  ])('%s: everything in the kit, and nothing that is not there', (word, folder, kind) => {
    const exported = exportedFrom(folder, kind);
    expect(exported.length).toBeGreaterThan(4);
    const named = namedUnder(word);
    expect(named.filter((name) => !(name in kit))).toEqual([]);
    expect(exported.filter((name) => !named.includes(name))).toEqual([]);
  });
});
