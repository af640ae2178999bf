/** A syntax tree of Terraform's language: blocks, attributes, expressions, each with its place. */
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
        /** `spread`: the members of the value, and not a member of this name. */
        readonly entries: readonly {
          readonly key: Expression;
          readonly value: Expression;
          readonly start: number;
          readonly spread?: true;
        }[];
      }
    | { readonly kind: 'conditional'; readonly parts: readonly Expression[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'not'; readonly of: Expression }
    | { readonly kind: 'compare'; readonly operator: '==' | '!='; readonly sides: readonly Expression[] }
    | { readonly kind: 'other'; readonly text: string; readonly why?: string }
  );

/** Returns a text that two expressions share if they are written in the same way. */
export const formOf = (expression: Expression): string =>
  JSON.stringify(expression, (name, value: unknown) => (name === 'start' || name === 'end' ? undefined : value));

export interface Attribute extends Span {
  readonly name: string;
  readonly value: Expression;
}

export interface Block extends Span {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
  /** Range from the opening to the closing brace. */
  readonly braces: Span;
}

export interface Parsed {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
  /** Where the text is not valid Terraform. */
  readonly broken?: number;
  /** Why reading stopped there, if the reason is not the syntax. */
  readonly why?: string;
}
