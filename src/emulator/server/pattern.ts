/** Runs regular expressions from outside with a time limit, so that none can block the server. */
import { createContext, Script } from 'node:vm';

export interface Pattern {
  test(text: string): boolean;
}

/** Time limit in milliseconds for one URL. It is wall time: on a busy machine a quick search can take some of it. */
const MOST = 250;
/** The number of tries for one URL: a search over the limit can be the machine, two in a row are an endless expression. */
const TRIES = 2;
const LONGEST = 1000;

/** Compiles a regular expression; one that exceeds the time limit matches nothing. @throws Error if the text is not a regular expression */
export function boundedPattern(source: string): Pattern {
  if (source.length > LONGEST) throw new Error('the expression is too long');
  const pattern = new RegExp(source, 'i');
  // Backtracking cannot explode without groups and alternatives, and with one repetition at most.
  if (!/[{|(]|[*+?].*[*+?]/.test(source.replaceAll(/\\./g, ''))) return pattern;
  const context = createContext({ pattern, text: '' });
  const script = new Script('pattern.test(text)');
  let isEndless = false;
  return {
    test(text) {
      context['text'] = text;
      for (let tries = 0; tries < TRIES && !isEndless; tries++)
        try {
          return script.runInContext(context, { timeout: MOST }) === true;
        } catch {
          isEndless = tries === TRIES - 1;
        }
      return false;
    },
  };
}
