import { type Recorded, shown } from './report.ts';

/** The recorded figures as a page; written beside the JSON so that nobody copies numbers by hand. */
export function toMarkdown(node: string, machine: string, sections: readonly Recorded[]): string {
  const parts = sections.map(({ title, setting, rows, at, commit }) => {
    const lines = rows.map(({ what, value, unit, ratio, against, target }) => {
      const compared = ratio === undefined ? '' : `${shown(ratio)} × ${against ?? ''}`;
      return `| ${what.trim()} | ${shown(value)} ${unit} | ${compared} | ${target ?? ''} |`;
    });
    const head = ['| | measured | ratio | target |', '| --- | ---: | --- | --- |'];
    return [`## ${title}`, `${setting} Measured at ${at}, commit ${commit ?? 'unknown'}.`, '', ...head, ...lines].join(
      '\n',
    );
  });
  return [
    '# Figures of the last run',
    'Written by `npm run bench`. Compare the ratios, not the numbers: they are of one machine, which may have been busy.',
    `\nNode ${node}, ${machine}.\n`,
    parts.join('\n\n'),
    '',
  ].join('\n');
}
