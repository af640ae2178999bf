export declare function problemOf(version: string, wanted: string): string | undefined;
