/** Links and copyable text for the item under the cursor. */
import { portalPage, type Target } from '../../azure/index.ts';
import { type AnyStep, pageOf } from '../../contract/index.ts';
import { rowsOf } from './state/batch.ts';
import { visibleFindings } from './state/findings.ts';
import type { Link } from './state/link.ts';
import type { WizardState } from './state/state.ts';

interface Pointed {
  readonly target?: Pick<Target, 'id'>;
  /** ARM id of the resource, if it is not the app itself. */
  readonly resource?: string;
  readonly step?: AnyStep;
  readonly control?: string;
  readonly value?: string;
}

function pointedAt(state: WizardState): Pointed {
  const { screen, open } = state;
  const ofOpen = open ? { target: open.target } : {};
  switch (screen.at) {
    case 'fleet': {
      const one = state.fleet[screen.cursor];
      const step = one?.steps?.[screen.area]?.step;
      return { ...(one ? { target: one.target } : {}), ...(step ? { step } : {}) };
    }
    case 'findings': {
      const one = visibleFindings(state.findings, screen)[screen.cursor];
      const [target] = one?.apps ?? [];
      if (!one || !target) return {};
      const resource = one.resource === null ? {} : { resource: one.resource };
      return { target, ...resource, step: one.step, control: one.control.id, value: one.found };
    }
    case 'areas': {
      const step = open?.steps[screen.cursor]?.step;
      return { ...ofOpen, ...(step ? { step } : {}) };
    }
    case 'area': {
      const found = open?.steps.find(({ step }) => step.id === screen.step);
      const state = found?.controls[screen.cursor];
      const resource = state?.resource ? { resource: state.resource } : {};
      return {
        ...ofOpen,
        ...resource,
        ...(found ? { step: found.step } : {}),
        ...(state ? { control: state.control.id, value: state.found } : {}),
      };
    }
    case 'batch': {
      const row = rowsOf(screen)[screen.cursor];
      return row?.kind === 'app' ? { target: row.target } : {};
    }
    case 'runs': {
      const [target] = screen.runs?.[screen.cursor]?.start.targets ?? [];
      return target ? { target } : {};
    }
    case 'run': {
      const intent = screen.run.changes[screen.cursor]?.intent;
      const target = screen.run.start.targets.find(({ label }) => label === intent?.app) ?? screen.run.start.targets[0];
      const step = state.areas.find(({ id }) => id === intent?.step);
      return { ...(target ? { target } : {}), ...(intent ? { resource: intent.resource } : {}), ...(step ? { step } : {}) };
    }
    default:
      return {};
  }
}

/** Returns the portal page of the resource, or else of its app, and the documentation page of Microsoft. */
export function linksAt(state: WizardState): readonly Link[] {
  const { target, resource, step, control } = pointedAt(state);
  // The portal has no page for parts of an app, such as its configuration.
  const id =
    resource !== undefined && !/\/sites\//i.test(resource) ? resource.replace(/\/(?:blob|file|queue|table)Services\/.*$/i, '') : target?.id;
  const docs =
    step &&
    pageOf(
      step,
      step.controls.find((one) => one.id === control),
    );
  return [
    // The apps of a demo do not exist in the portal.
    ...(id === undefined || state.isDemo ? [] : [{ says: 'Portal', address: portalPage(state.endpoint, state.account.tenant, id) }]),
    ...(docs === undefined ? [] : [{ says: 'Microsoft Learn', address: docs }]),
  ];
}

/** Returns the current value under the cursor, or the id of the resource. */
export function copyAt(state: WizardState, what: 'value' | 'id'): string | undefined {
  const { target, resource, value } = pointedAt(state);
  return what === 'value' ? value : (resource ?? target?.id);
}
