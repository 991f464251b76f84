import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { Observation } from '../../schema/observation.ts';
import type { Connector, ConnectorContext, ReadPage, RejectedRecord } from '../kit/connector.ts';
import { ConnectorError } from '../kit/connector-error.ts';

/** What one run brought, also where it broke off. */
export interface ReadResult {
  readonly pages: readonly ReadPage[];
  readonly observations: readonly Observation[];
  readonly rejections: readonly RejectedRecord[];
  /** Streams whose snapshot was complete. */
  readonly complete: readonly string[];
  /** As a hub would have stored them by the end. */
  readonly checkpoints: Readonly<Record<string, Json>>;
  readonly error: ConnectorError | undefined;
}

/**
 * Runs a connector to its end or its error; a failure that is no ConnectorError is thrown. `killedAfter`: the hub dies
 * when it has stored so many pages, before it asks for another.
 */
export async function readAll(
  connector: Connector,
  context: ConnectorContext,
  killedAfter = Number.POSITIVE_INFINITY,
): Promise<ReadResult> {
  const pages: ReadPage[] = [];
  const checkpoints: Record<string, Json> = { ...context.checkpoints };
  let error: ConnectorError | undefined;
  try {
    for await (const page of killedAfter > 0 ? connector.read(context) : []) {
      pages.push(page);
      if (page.checkpoint !== undefined) checkpoints[page.stream] = page.checkpoint;
      if (pages.length >= killedAfter) break;
    }
  } catch (caught) {
    if (!(caught instanceof ConnectorError)) throw caught;
    error = caught;
  }
  return {
    pages,
    observations: pages.flatMap((page) => page.observations),
    rejections: pages.flatMap((page) => page.rejections),
    complete: pages.flatMap((page) => (page.snapshotComplete ? [page.stream] : [])),
    checkpoints,
    error,
  };
}

/** An observation as text; two that say the same are equal, since one mapping builds both. */
export function textOf(observation: Observation): string {
  return JSON.stringify(observation);
}

/** The texts of observations, each once, in one order. */
export function textsOf(observations: readonly Observation[]): string[] {
  return [...new Set(observations.map(textOf))].sort();
}
