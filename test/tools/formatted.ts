/** Generated pages and schemas in the format that `npm run check` asks for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, type OxfmtConfig } from 'oxfmt';

const ROOT = join(import.meta.dirname, '..', '..');
const { ignorePatterns: _, ...options } = JSON.parse(await readFile(join(ROOT, '.oxfmtrc.json'), 'utf8')) as OxfmtConfig;

/** @param name a file name whose ending says what the text is, such as `page.md` */
export async function formatted(name: string, text: string): Promise<string> {
  const { code, errors } = await format(name, text, options);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
  return code;
}
