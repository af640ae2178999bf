/** Events of a run, as `--json` prints them. */
import type { RunEvent } from '../engine/run/run-events.ts';
import type { ArmFailure } from '../engine/ports.ts';
import { editJson } from '../change/edit.ts';
import { changeJson } from './plan-json.ts';

/** Formats an event as one line; values are hidden as in a plan. */
export function eventJson(event: RunEvent): object {
  if (!('what' in event)) return event;
  const { what, ...rest } = event;
  if (!('result' in rest)) return { ...rest, what: changeJson(what) };
  const { result, ...others } = rest;
  const failure = result.state === 'failed' ? failureJson(result.failure) : undefined;
  return {
    ...others,
    app: what.target.label,
    resource: what.resource,
    controls: what.controls,
    result: { ...result, ...(failure ? { failure } : {}), ...('diff' in result && result.diff ? { diff: result.diff.map(editJson) } : {}) },
  };
}

export const failureJson = ({ code, message, correlationId, next }: ArmFailure): object => ({ code, message, correlationId, next });
