import type { Connector } from '../../connectors/kit/connector.ts';
import type { SourceDefinition } from '../../connectors/kit/source-file.ts';

/** A source as it is run: its entry in the sources file, the connector that reads it, and its credentials. */
export interface ConfiguredSource {
  readonly definition: SourceDefinition;
  readonly connector: Connector;
  /** By the connector's names for them; never logged, never stored. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** The source id under which a voice of a source makes its claims. */
export function voiceSourceId(sourceId: string, voice: string | undefined): string {
  return voice === undefined ? sourceId : `${sourceId}-${voice}`;
}
