/** All errors of the catalogs in src, each made with the names of its data in place of values. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { UserError } from '../../src/engine/errors.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const CATALOGUE = /(^|[/\\])(errors\.ts|errors[/\\][\w-]+\.ts)$/;

/** Returns the errors in the order of their files. */
export async function allErrors(): Promise<readonly UserError[]> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => CATALOGUE.test(file));
  const modules = await Promise.all(files.toSorted().map((file) => import(join(SRC, file)) as Promise<Readonly<Record<string, unknown>>>));
  return modules
    .flatMap((module) => Object.entries(module))
    .filter(([name]) => /^\w+Errors$/.test(name))
    .flatMap(([, catalogue]) => Object.values(catalogue as Readonly<Record<string, (data: unknown) => UserError>>))
    .map((make) => make(sample('data')));
}

/** Stands for a text, a list of one item, or an object with any member, whichever the text of an error reads. */
function sample(name: string): unknown {
  const text = `{${name}}`;
  const list = { map: (make: (item: unknown) => unknown) => [make(sample('item'))], join: () => text };
  return new Proxy(new String(text), {
    get(target, member) {
      if (typeof member === 'symbol') return member === Symbol.iterator ? () => [sample('item')].values() : () => text;
      const own = (list as Readonly<Record<string, unknown>>)[member] ?? (target as unknown as Readonly<Record<string, unknown>>)[member];
      return typeof own === 'function' ? (own as () => unknown).bind(target) : (own ?? sample(member));
    },
  });
}
