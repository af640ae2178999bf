declare module 'postject' {
  /** Injects a resource into an executable file, which is overwritten. */
  export function inject(file: string, name: string, resource: Buffer, options: { readonly sentinelFuse: string }): Promise<void>;
}
