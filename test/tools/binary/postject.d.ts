declare module 'postject' {
  /** Adds a resource to an executable file, which is written over. */
  export function inject(file: string, name: string, resource: Buffer, options: { readonly sentinelFuse: string }): Promise<void>;
}
