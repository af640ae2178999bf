/** Node.js strips types itself, so files are loaded as they are; only JSX is translated. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

registerHooks({
  load(url, context, next) {
    // The test runner adds a query to the files of tests.
    if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.tsx')) return next(url, context);
    const sourcefile = fileURLToPath(url);
    const { code } = transformSync(readFileSync(sourcefile, 'utf8'), { loader: 'tsx', jsx: 'automatic', sourcemap: 'inline', sourcefile });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
