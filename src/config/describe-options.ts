import type { Option } from './option.ts';
import { limitOptions, options } from './options.ts';

export interface OptionDescription {
  readonly name: string;
  readonly default: string;
  readonly unit: string;
  readonly why: string;
}

/** Every option in the order of the table, for `--help` and the documents. */
export function describeOptions(): OptionDescription[] {
  const all: Option<unknown>[] = [...Object.values(options), ...Object.values(limitOptions)];
  return all.map(({ name, default: preset, unit, why }) => ({ name, default: preset, unit, why }));
}

/** As lines of a terminal: the name with its default, and below it what it is for. */
export function optionsAsText(): string {
  return describeOptions()
    .map((option) => `  ${headline(option)}\n      ${option.why}`)
    .join('\n');
}

/** As the table of docs/options.md. */
export function optionsAsMarkdown(): string {
  const rows = describeOptions().map(
    ({ name, default: preset, unit, why }) => `| \`${name}\` | ${preset || '(none)'} | ${unit} | ${why} |`,
  );
  return ['| variable | default | unit | what it decides |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function headline({ name, default: preset, unit }: OptionDescription): string {
  const value = preset === '' ? 'not set by default' : `default ${preset}${unit && ` ${unit}`}`;
  return `${name} (${value})`;
}
