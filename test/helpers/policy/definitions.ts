/** Definitions of Azure Policy, if they are available. They are not part of this project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED } from '../recorded.ts';
import type { Definition } from './evaluate.ts';

const FOLDER = join(SHARED, 'reference', 'azure-policy');
export const NO_DEFINITIONS = "skipped: Azure Policy's definitions are not at hand (../shared/reference/azure-policy)";

/** A definition, and the control that checks the same. */
export type Peer = Definition & { readonly control: string };

/** Empty if the definitions are not available; the test then reports that it was skipped. */
export const definitions = (): Peer[] =>
  existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Peer)
    : [];
