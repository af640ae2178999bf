import { buildCommand } from '../tools/bundle.ts';

/** The end-to-end tests run the real command, so it is bundled first; it takes a moment. */
export default buildCommand;
