import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The root of this package, found by walking up to the package.json named lienthong: the compiled code lies two folders
 * deeper (`dist/seeds`) than its source, and the data beside the source is not copied. Throws where there is none.
 */
export function findPackageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'lienthong') return folder;
    if (dirname(folder) === folder) throw new Error(`No package.json of lienthong above ${from}`);
  }
}
