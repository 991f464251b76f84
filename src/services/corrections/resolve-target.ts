import { entityIdOf, type FactKind, type KeyPart } from '../../../schema/kinds/fact-kind.ts';
import { type FactKindName, factKinds, findFactKind } from '../../../schema/kinds/index.ts';
import { fromGlobalId, keyOfArgument } from '../reading/global-id.ts';
import type { ReferenceData } from '../reading/reference-data.ts';
import type { ReferenceType } from '../reading/views.ts';
import type { UserError } from './user-error.ts';

/** How the entity of a correction is named. */
export type TargetInput = { readonly id?: string | null; readonly kind?: string | null } & {
  readonly [Part in KeyPart]?: string | null;
};

export interface Target {
  readonly kind: FactKind & { readonly name: FactKindName };
  readonly key: string;
  readonly keys: Readonly<Partial<Record<KeyPart, string>>>;
}

const TYPE_OF_PART: Readonly<Partial<Record<KeyPart, ReferenceType>>> = {
  province: 'Province',
  system: 'System',
  vendor: 'Vendor',
  criterion: 'Criterion',
  target: 'Target',
};

/** The entity that is meant, or what is wrong with how it is named. It need not exist: a correction may be the first to speak of it. */
export function resolveTarget(input: TargetInput, reference: ReferenceData): Target | UserError {
  if (input.id) return targetOfId(input.id, reference);
  const kind = findFactKind(input.kind ?? '');
  if (!kind) return fault(['kind'], 'Name the entity by "id", or by "kind" and the parts of its key.');
  return targetOfKey(kind, input, reference);
}

function targetOfId(id: string, reference: ReferenceData): Target | UserError {
  const global = fromGlobalId(id);
  const kind = Object.values(factKinds).find(({ typeName }) => typeName === global?.type);
  if (!global || !kind) return fault(['id'], `"${id}" is not the id of an entity that sources describe.`);
  const parts = global.key.split(':');
  return targetOfKey(kind, Object.fromEntries(kind.key.map((part, index) => [part, parts[index]])), reference);
}

function targetOfKey(kind: FactKind, input: TargetInput, reference: ReferenceData): Target | UserError {
  const keys: Partial<Record<KeyPart, string>> = {};
  for (const part of kind.key) {
    const given = input[part];
    if (!given) return fault([part], `A ${kind.name} is named by ${kind.key.join(' and ')}; ${part} is missing.`);
    const type = TYPE_OF_PART[part];
    const code = type ? keyOfArgument(type, given) : given;
    if (type ? !reference.find(type, code) : !/^[\w.-]{1,64}$/.test(code)) {
      return fault([part], `There is no ${part} "${given}".`);
    }
    keys[part] = code;
  }
  return { kind: kind as Target['kind'], key: entityIdOf(kind, keys), keys };
}

const fault = (path: string[], message: string): UserError => ({ code: 'BAD_USER_INPUT', message, path });
