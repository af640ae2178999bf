/** The text of `func-harden/step`: in the bundle as it is (test/tools/bundle.ts), built by esbuild when run from sources. */

/** Returns the library as a script that defines `stepApi`. It runs inside the realm of such areas. */
export const stepLibrary = (): Promise<string> => built({ format: 'iife', globalName: 'stepApi' });

/** Returns the library as a module, for editors and for tests of an area. */
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
