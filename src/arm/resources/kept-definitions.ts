/** Definitions of policies and roles, which are read once for all apps of a command. */
import type { Json } from '../../azure/index.ts';
import { ArmFailure } from '../../engine/ports.ts';
import type { ArmClient } from '../client.ts';
import { keptAnswer } from '../reads/kept-answers.ts';

const DEFINITIONS = '2023-04-01';

/** The most definitions that are read for an app. Others are reported as not known. */
export const MOST_DEFINITIONS = 40;

/** Returns a definition of a policy or role. It is read once for all apps in the scope of its assignment; a refusal is the same for all of them. */
export async function definitionOf(client: ArmClient, id: string, apiVersion = DEFINITIONS): Promise<Json> {
  const answer = await keptAnswer(client, id, () =>
    client.send('GET', id, apiVersion).then(
      ({ body }) => body,
      (error: unknown) => {
        if (error instanceof ArmFailure && (error.kind === 'forbidden' || error.kind === 'missing')) return error;
        throw error;
      },
    ),
  );
  if (answer instanceof ArmFailure) throw answer;
  return answer;
}
