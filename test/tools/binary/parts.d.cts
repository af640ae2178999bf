export declare const bytesOf: (text: string) => Buffer;
export declare const textOf: (bytes: Buffer) => string;
