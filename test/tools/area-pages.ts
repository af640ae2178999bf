import { catalogue } from '../../steps/index.ts';
import { areaPage } from './area-page.ts';
import { formatted } from './formatted.ts';
import { permissionsPage } from './permissions-page.ts';

/** Returns every page of docs/areas by its file name, formatted like the project. */
export async function areaPages(): Promise<Record<string, string>> {
  const pages = await Promise.all(
    catalogue.map(async (step) => [`${step.id}.md`, await formatted(`${step.id}.md`, areaPage(step))] as const),
  );
  return Object.fromEntries(pages);
}

/** Returns docs/permissions.md, formatted like the project. */
export function permissionsText(): Promise<string> {
  return formatted('permissions.md', permissionsPage(catalogue));
}
