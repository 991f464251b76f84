import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { LIST_SIZE } from './list-size.ts';

/** What an operation asks for, at the most. */
export interface Measure {
  /** Levels of nesting. */
  readonly depth: number;
  /** One point for each field of each row that may come back; lists count with the length that is asked for or expected. */
  readonly cost: number;
  /** The largest `first`; 0 where there is none. */
  readonly pageSize: number;
}

const NOTHING: Measure = { depth: 0, cost: 0, pageSize: 0 };
/** Of a list of objects that says nothing of its length. */
const DEFAULT_LIST_SIZE = 10;
/** Of a connection without `first`. */
const DEFAULT_PAGE_SIZE = 50;
/** The fields of a connection that are as long as its page. */
const PAGED = new Set(['edges', 'nodes']);

/**
 * Measures a valid operation. Fragments are measured once for each length of page that they stand under, so a document
 * that doubles itself through fragments is measured as fast as it is read. Cost ends at 2^53 - 1.
 */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  const measured = new Map<string, Measure>();

  function ofSelections(selections: SelectionSetNode, type: GraphQLNamedType, page: number | null): Measure {
    return selections.selections.reduce((sum, selection) => together(sum, ofSelection(selection, type, page)), NOTHING);
  }

  function ofSelection(selection: SelectionNode, type: GraphQLNamedType, page: number | null): Measure {
    if (selection.kind === Kind.FIELD) return ofField(selection, type, page);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value, page);
    const on = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
    return on ? ofSelections(selection.selectionSet, on, page) : NOTHING;
  }

  function ofFragment(name: string, page: number | null): Measure {
    const key = `${name}/${page}`;
    const known = measured.get(key);
    if (known) return known;
    measured.set(key, NOTHING);
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    const measure = fragment && type ? ofSelections(fragment.selectionSet, type, page) : NOTHING;
    measured.set(key, measure);
    return measure;
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType, page: number | null): Measure {
    const name = node.name.value;
    if (name === '__schema' || name === '__type') return { ...NOTHING, cost: countFields(node) };
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (!field) return NOTHING;
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) return { depth: 1, cost: 1, pageSize: 0 };
    const first = pageOf(field, node);
    const inside = ofSelections(node.selectionSet, type, first);
    return {
      depth: inside.depth + 1,
      cost: capped(1 + inside.cost * lengthOf(field, page)),
      pageSize: Math.max(inside.pageSize, first ?? 0),
    };
  }

  function pageOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
    if (!field.args.some((argument) => argument.name === 'first')) return null;
    try {
      const { first } = getArgumentValues(field, node, variables as Record<string, unknown>);
      return typeof first === 'number' ? Math.max(first, 0) : DEFAULT_PAGE_SIZE;
    } catch {
      // A variable of the wrong type is told by the execution, in better words.
      return DEFAULT_PAGE_SIZE;
    }
  }

  const root = schema.getRootType(operation.operation);
  return root ? ofSelections(operation.selectionSet, root, null) : NOTHING;
}

function lengthOf(field: GraphQLField<unknown, unknown>, page: number | null): number {
  if (!isList(field.type)) return 1;
  if (page !== null && PAGED.has(field.name)) return page;
  const told = field.extensions[LIST_SIZE];
  return typeof told === 'number' ? told : DEFAULT_LIST_SIZE;
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** Selections of one place come back together, save for those on different types of a union, which we do not split. */
function together(a: Measure, b: Measure): Measure {
  return {
    depth: Math.max(a.depth, b.depth),
    cost: capped(a.cost + b.cost),
    pageSize: Math.max(a.pageSize, b.pageSize),
  };
}

const capped = (cost: number): number => Math.min(cost, Number.MAX_SAFE_INTEGER);

/** The schema is in memory and of known size: what is asked of it costs what it takes to write down. */
function countFields(node: FieldNode): number {
  const inside = node.selectionSet?.selections ?? [];
  return inside.reduce((sum, selection) => sum + (selection.kind === Kind.FIELD ? countFields(selection) : 1), 1);
}
