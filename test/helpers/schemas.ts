/** The schemas of docs/schema, compiled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'schema');
export const SCHEMAS = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

const ajv = new Ajv.Ajv2020({ strict: true, strictTypes: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
for (const name of SCHEMAS) ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as object, name);

/** Returns the mistakes in a value; an empty list if there are none. */
export function wrongWith(schema: string, value: unknown): string[] {
  const validate = ajv.getSchema(`${schema}.json`);
  if (!validate) throw new Error(`there is no schema ${schema}`);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
}

/** Everywhere in a value where there is an object, but not below the members in `open`, whose form is not ours. */
function objectsIn(value: unknown, open: readonly string[]): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, one]) => (open.includes(name) ? [] : objectsIn(one, open)));
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

/** The value once for each object in it, with a member there that no schema of ours knows. */
export const withStrayMember = (value: unknown, open: readonly string[] = []): unknown[] =>
  objectsIn(value, open).map((_, index) => {
    const copy = structuredClone(value);
    objectsIn(copy, open)[index]!['stray'] = 1;
    return copy;
  });
