/** The text of `func-harden/step`. In the bundle the script stands inside it (test/tools/bundle.ts), so esbuild is asked from the sources only. */

/** As one script, which leaves its names in `stepApi`: it is run inside the realm of own areas. */
export const stepLibrary = (): Promise<string> => built({ format: 'iife', globalName: 'stepApi' });

/** As a module, for editors and for tests of an area. */
export const stepModule = (): Promise<string> => built({ format: 'esm' });

async function built(form: { readonly format: 'iife' | 'esm'; readonly globalName?: string }): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: ['src/step.ts'],
    absWorkingDir: `${import.meta.dirname}/../../..`,
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    charset: 'ascii',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'node22',
    ...form,
  });
  return outputFiles[0]!.text;
}
