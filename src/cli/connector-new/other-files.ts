import { names } from './connector-file.ts';
import { stateCodes, statusCodes, type TellTemplate, tellTemplates } from './parts.ts';
import { type ConnectorPlan, camelCase, upperCase } from './plan.ts';
import { signInTemplates } from './sign-ins.ts';

const typeOf = (plan: ConnectorPlan, { type }: TellTemplate): string => {
  const name = camelCase(plan.id);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${type}`;
};
const isOf = (plan: ConnectorPlan, ...tells: readonly string[]): boolean =>
  plan.tells.some((tell) => tells.includes(tell));

/** `contract.ts`: what the upstream promises of one record. */
export function contractFile(plan: ConnectorPlan): string {
  const tells = plan.tells.map((tell) => tellTemplates[tell]);
  const maps = isOf(plan, 'deployments', 'links') ? ['type CodeMap'] : [];
  const records = tells.map(
    (tell) => `export const ${tell.record} = z.object({
  ${tell.members(plan.format)}
});
export type ${typeOf(plan, tell)} = z.output<typeof ${tell.record}>;
`,
  );
  return `import * as z from 'zod';
import { ${names(maps, ...tells.map(({ contractImports }) => contractImports(plan.format)))} } from '../kit/index.ts';

/** Raised with the contract or the mapping: then everything is read afresh once. */
export const CONTRACT = '1';

${[...records, ...(isOf(plan, 'deployments') ? [statusCodes] : []), ...(isOf(plan, 'links') ? [stateCodes] : [])].join('\n')}`;
}

/** `mapping.ts`: from a record to observations. */
export function mappingFile(plan: ConnectorPlan): string {
  const tells = plan.tells.map((tell) => tellTemplates[tell]);
  const codes = [...(isOf(plan, 'deployments') ? ['statusCodes'] : []), ...(isOf(plan, 'links') ? ['stateCodes'] : [])];
  const types = tells.map((tell) => `type ${typeOf(plan, tell)}`);
  const isTypeOnly = codes.length === 0;
  const contract = isTypeOnly
    ? `import type { ${names(types.map((type) => type.replace('type ', '')))} }`
    : `import { ${names(codes, types)} }`;
  return `import type { Observation } from '../../schema/observation.ts';
import { ${names(...tells.map(({ mappingImports }) => mappingImports))} } from '../kit/index.ts';
${contract} from './contract.ts';
${isOf(plan, 'deployments', 'health') ? `\nconst VENDOR = '${plan.vendor}';\n` : ''}
${tells
  .map(
    (tell) => `export function ${tell.map}(record: ${typeOf(plan, tell)}): Observation[] {
  return ${tell.mapping};
}
`,
  )
  .join('\n')}`;
}

/** `README.md`: whose shape it is, and how it is asked. */
export function readmeFile(plan: ConnectorPlan): string {
  const signIn = signInTemplates[plan.signIn];
  const credentials = signIn.credentials.map((name) => `\`${name}\``).join(', ');
  const streams = plan.tells.map((tell) => `- \`GET ${tellTemplates[tell].path}\`: ${tellTemplates[tell].words}.`);
  return `# ${plan.id}: ${plan.title}

**Modelled**: ${signIn.words}; ${plan.format.toUpperCase()}${plan.paging === 'single' ? ', each list in one answer' : `, pages by ${plan.paging === 'page' ? 'number' : 'an opaque cursor'}`}.

${credentials ? `- Credentials: ${credentials}.\n` : ''}${streams.join('\n')}

The stand-in makes up all that it says, and marks it \`simulated\`. Say here what is known of the real upstream, where that
is written, and what is peculiar about it.
`;
}

/** The names of the environment variables of its credentials. */
export function credentialVariables({ id, signIn }: ConnectorPlan): Record<string, string> {
  const variable = (name: string) => `${upperCase(id)}_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
  return Object.fromEntries(signInTemplates[signIn].credentials.map((name) => [name, variable(name)]));
}
