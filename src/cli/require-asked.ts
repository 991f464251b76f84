import { BadUserInputError } from '../errors/index.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';

/** @throws BadUserInputError for a source that only sends, where `command` would ask it: a run would end with nothing, as if all were well. */
export function requireAsked({ definition, connector }: ConfiguredSource, command: string): void {
  if (connector.spec().streams.length > 0) return;
  const { id } = definition;
  throw new BadUserInputError(
    `${id} sends by itself, to POST /ingest/${id}: there is nothing to ask it with \`${command}\`. ` +
      `\`lienthong check ${id}\` tells whether its settings are complete, \`lienthong source show ${id}\` what came last.`,
    { source: id },
  );
}
