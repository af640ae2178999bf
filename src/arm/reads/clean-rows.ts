/** Cleans lists of apps for Microsoft's client, which reads every member of every row, so that one unexpected row would end the list. */
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { isRecord, parsedJson, type Body } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { notAListFailure } from '../pages.ts';

const TEXTS = ['id', 'name', 'kind', 'location'] as const;

/** Keeps of each row the members that are used, where they are text. An invalid row becomes an empty one. */
export const cleanRowsPolicy: PipelinePolicy = {
  name: 'soundRows',
  async sendRequest(request, next) {
    const response = await next(request);
    if (response.status !== 200) return response;
    return { ...response, bodyAsText: JSON.stringify(checkPage(parsedJson(response.bodyAsText ?? ''))) };
  },
};

/** Checks a page of a list. @throws ArmFailure where it is not one */
function checkPage(page: unknown): Body {
  if (!isRecord(page) || !Array.isArray(page['value'])) throw notAListFailure();
  const { nextLink } = page;
  const value = (page['value'] as readonly Json[]).map(soundRow);
  return { value, ...(typeof nextLink === 'string' && nextLink !== '' ? { nextLink } : {}) };
}

function soundRow(row: Json): Body {
  if (!isRecord(row)) return {};
  const texts = TEXTS.flatMap((name) => (typeof row[name] === 'string' ? [[name, row[name]] as const] : []));
  const tags = isRecord(row['tags']) ? { tags: row['tags'] } : {};
  return { ...Object.fromEntries(texts), ...tags };
}
