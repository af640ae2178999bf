/** Terraform's language as a tree of its own, small enough to look through: blocks, attributes, expressions, each with its place. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[] }
    /** `var.x["k"].y`: names and indexes. */
    | { readonly kind: 'reference'; readonly path: readonly (string | Expression)[]; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | {
        readonly kind: 'object';
        readonly entries: readonly { readonly key: Expression; readonly value: Expression; readonly start: number }[];
      }
    | { readonly kind: 'conditional'; readonly parts: readonly Expression[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'not'; readonly of: Expression }
    | { readonly kind: 'compare'; readonly operator: '==' | '!='; readonly sides: readonly Expression[] }
    | { readonly kind: 'other'; readonly text: string; readonly why?: string }
  );

export interface Attribute extends Span {
  readonly name: string;
  readonly value: Expression;
}

export interface Block extends Span {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
  /** From its opening to its closing brace. */
  readonly braces: Span;
}

export interface Parsed {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
  /** Where the text is not Terraform. */
  readonly broken?: number;
  /** Why it is not read from there on, where it is something else. */
  readonly why?: string;
}
