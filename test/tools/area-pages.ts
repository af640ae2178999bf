import { format, resolveConfig } from 'prettier';
import { catalogue } from '../../steps/index.ts';
import { areaPage } from './area-page.ts';
import { permissionsPage } from './permissions-page.ts';

/** Returns every page of docs/areas by its file name, formatted like the project. */
export async function areaPages(): Promise<Record<string, string>> {
  const options = (await resolveConfig(import.meta.filename)) ?? {};
  const pages = await Promise.all(
    catalogue.map(async (step) => [`${step.id}.md`, await format(areaPage(step), { ...options, parser: 'markdown' })] as const),
  );
  return Object.fromEntries(pages);
}

/** Returns docs/permissions.md, formatted like the project. */
export async function permissionsText(): Promise<string> {
  const options = (await resolveConfig(import.meta.filename)) ?? {};
  return format(permissionsPage(catalogue), { ...options, parser: 'markdown' });
}
