import type { CommandModule } from '../cli/commands.ts';

export const run: CommandModule['run'] = () => Promise.reject(new Error('not built yet'));
