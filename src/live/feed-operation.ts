import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { BadCursorError } from '../errors/index.ts';
import { decodeCursor, type LogPosition } from '../lib/cursor.ts';
import type { Rights } from '../services/rights.ts';
import type { FeedArguments, FeedField } from './feed-field.ts';
import type { PreparedOperation } from './operation.ts';

/** A subscription to a feed field: what is shared with equal ones, and where this one begins. */
export interface FeedOperation {
  readonly field: FeedField;
  readonly prepared: PreparedOperation;
  readonly rights: Rights;
  /** Arguments of the field without `after` and `snapshot`. */
  readonly args: FeedArguments;
  /** Equal for operations that give the same results for the same changes. */
  readonly key: string;
  readonly after: LogPosition | null;
  readonly wantsSnapshot: boolean;
}

/** Arguments that say where a subscription begins and nothing about what it is told. */
const START_ARGUMENTS = ['after', 'snapshot'];

/**
 * The feed operation that a prepared operation is; null when it is none (a query, a mutation, another subscription).
 * `resumeAfter` stands in for the argument `after`: a transport that keeps the place itself (Last-Event-ID) knows better.
 * Throws BadCursorError, and a GraphQLError for variables of the wrong type.
 */
export function toFeedOperation(
  prepared: PreparedOperation,
  rights: Rights,
  fields: ReadonlyMap<string, FeedField>,
  resumeAfter?: string,
): FeedOperation | null {
  const { schema, document } = prepared;
  const operation = getOperationAST(document, prepared.operationName);
  if (operation?.operation !== 'subscription') return null;
  const node = findRootField(document, operation.selectionSet);
  const field = node && fields.get(node.name.value);
  const definition = node && schema.getSubscriptionType()?.getFields()[node.name.value];
  if (!field || !definition) return null;

  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], prepared.variableValues);
  if (variables.errors) throw variables.errors[0] as GraphQLError;
  const { after, snapshot, ...args } = getArgumentValues(definition, node, variables.coerced);
  return {
    field,
    prepared,
    rights,
    args,
    key: keyOf(prepared, operation, node, rights),
    after: parseCursor(resumeAfter ?? after),
    wantsSnapshot: snapshot === true && field.snapshot !== undefined,
  };
}

function parseCursor(after: unknown): LogPosition | null {
  if (after === undefined || after === null) return null;
  const position = typeof after === 'string' ? decodeCursor(after) : null;
  if (!position) throw new BadCursorError();
  return position;
}

/** A subscription has one root field (validation sees to that), perhaps inside fragments. */
function findRootField(document: DocumentNode, { selections }: SelectionSetNode): FieldNode | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const inside = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value);
    const field = inside && findRootField(document, inside.selectionSet);
    if (field) return field;
  }
  return undefined;
}

function fragmentOf(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  ) as FragmentDefinitionNode | undefined;
}

function keyOf(
  prepared: PreparedOperation,
  operation: OperationDefinitionNode,
  node: FieldNode,
  rights: Rights,
): string {
  const left = startVariables(prepared, node);
  const variables = Object.entries(prepared.variableValues)
    .filter(([name]) => !left.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = prepared.document.loc?.source.body ?? print(prepared.document);
  return JSON.stringify([text, operation.name?.value ?? null, canonical(variables), rights.fingerprint]);
}

/** Variables that say only where to begin. One that is used elsewhere too shapes the result, so it stays in the key. */
function startVariables(prepared: PreparedOperation, node: FieldNode): Set<string> {
  const uses = new Map<string, number>();
  visit(prepared.document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  const names = (node.arguments ?? []).flatMap(({ name, value }) =>
    START_ARGUMENTS.includes(name.value) && value.kind === Kind.VARIABLE ? [value.name.value] : [],
  );
  return new Set(names.filter((name) => uses.get(name) === 1));
}

/** Objects with their members in the order of their names, so that equal variables give equal texts. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, canonical(member)]),
  );
}
