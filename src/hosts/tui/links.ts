/** The links of what is under the cursor. They go above the live part in one piece each, so that they can be clicked, or copied whole. */
import type { AnyControl, AnyStep } from '../../contract/index.ts';
import { plainText } from '../../text/plain.ts';
import { line, span, type Line } from '../../text/spans.ts';
import { portalPage, webAddress } from '../../view/links.ts';
import { stepStateOf } from './derived-state.ts';
import { visibleFindings } from './findings.ts';
import type { WizardState } from './state.ts';
import { next, withNotice, type Next } from './transitions.ts';

interface Pointed {
  readonly step?: AnyStep | undefined;
  readonly control?: AnyControl | undefined;
  /** ARM id. */
  readonly resource?: string | null | undefined;
}

function pointed(state: WizardState): Pointed {
  const { screen, open, fleet } = state;
  switch (screen.at) {
    case 'fleet': {
      const one = fleet[screen.cursor];
      return { step: one?.steps?.[screen.area]?.step, resource: one?.target.id };
    }
    case 'areas':
      return { step: open?.steps[screen.cursor]?.step, resource: open?.target.id };
    case 'area': {
      const step = stepStateOf(state, screen.step);
      const here = step?.controls[screen.cursor];
      return { step: step?.step, control: here?.control, resource: here?.resource ?? open?.target.id };
    }
    case 'findings': {
      const list = visibleFindings(state.findings, screen);
      const here = list[Math.min(screen.cursor, Math.max(0, list.length - 1))];
      return { step: here?.step, control: here?.control, resource: here?.resource ?? here?.apps[0]?.id };
    }
    case 'runs':
      return { resource: screen.runs?.[screen.cursor]?.start.targets[0]?.id };
    case 'run': {
      const intent = screen.run.changes[screen.cursor]?.intent;
      return { step: state.areas.find(({ id }) => id === intent?.step), resource: intent?.resource };
    }
    default:
      return {};
  }
}

/** Microsoft's page, and the page in the portal; a demo has none there. */
export function linksHere(state: WizardState): Line[] {
  const { step, control, resource } = pointed(state);
  const page = webAddress(control?.docs ?? step?.docs[0] ?? '');
  const portal =
    resource && !state.isDemo ? webAddress(portalPage(state.endpoint, resource, state.account.tenant ?? undefined)) : undefined;
  return [
    ...(page ? [line(span(`${plainText(control?.label ?? step?.title ?? '')}: `, 'dim'), { text: page, link: page })] : []),
    ...(portal ? [line(span('In the portal: ', 'dim'), { text: portal, link: portal })] : []),
  ];
}

export function showLinks(state: WizardState): Next {
  const links = linksHere(state);
  if (links.length === 0) return withNotice(state, 'There is no link for this.');
  const says = links.length === 1 ? 'The link stands above.' : 'The links stand above.';
  return next({ ...state, finished: [...state.finished, ...links], notice: says });
}
