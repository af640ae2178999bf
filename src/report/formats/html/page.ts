/** The frame of every page: it loads nothing and runs no script. */
import { html } from './parts.ts';
import { STYLE } from './style.ts';

export interface Page {
  readonly heading: string;
  /** ISO 8601. */
  readonly at: string;
  /** HTML below the heading. */
  readonly about: string;
  readonly sections: readonly string[];
}

export function pageOf({ heading, at, about, sections }: Page): string[] {
  const contents = sections.flatMap((text) => [...text.matchAll(/<section id="(\w+)"><h2>([^<]*)<\/h2>/g)]);
  return [
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer"><title>${html(heading)}, ${html(at.slice(0, 10))}</title><style>${STYLE}</style></head>
<body><header><h1>${html(heading)}</h1>${about}
<nav aria-label="Contents"><ul>${contents.map(([, id = '', title = '']) => `<li><a href="#${id}">${title}</a></li>`).join('')}</ul></nav></header>
<main>`,
    ...sections.flatMap((text) => [text, '\n']),
    '</main></body></html>\n',
  ];
}
