/** Node.js strips types itself, so files are loaded as they are; only JSX is translated. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

registerHooks({
  // Commands import their parts each time they run, and the runner sends its parent a message at each: a path beside a file needs neither that nor the disk.
  resolve(specifier, context, next) {
    return context.parentURL?.startsWith('file:') && /^\.\.?\/.*\.tsx?$/.test(specifier)
      ? { url: new URL(specifier, context.parentURL).href, shortCircuit: true }
      : next(specifier, context);
  },
  load(url, context, next) {
    // The test runner adds a query to the files of tests.
    if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.tsx')) return next(url, context);
    const sourcefile = fileURLToPath(url);
    const { code } = transformSync(readFileSync(sourcefile, 'utf8'), { loader: 'tsx', jsx: 'automatic', sourcemap: 'inline', sourcefile });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
