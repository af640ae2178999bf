import { buildCommand } from './bundle.ts';

await buildCommand();
