/** Permissions of a caller: actions granted at a scope and everything below it, as role assignments do. */
import { forbidden, gatewayError, type EmulatedResponse } from '../answers.ts';
import { OPERATOR_ID, READER_ID } from './roles.ts';
import { keyOf, type Json } from '../state.ts';

export interface Grant {
  /** `/` for everything, or the id of a subscription, group or resource. */
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  /** Data actions, such as reading secrets of a vault that uses roles. */
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

export interface Caller {
  /** User principal name. */
  readonly name: string;
  /** Object id. */
  readonly id: string;
  readonly grants: readonly Grant[];
}

/** An action at a scope: needed by a request, or by a resource that its body links to. */
export interface Right {
  readonly action: string;
  readonly scope: string;
}

export const OPERATOR: Caller = { name: 'operator@contoso.example', id: OPERATOR_ID, grants: [{ scope: '/', actions: ['*'] }] };
export const READER: Caller = { name: 'reader@contoso.example', id: READER_ID, grants: [{ scope: '/', actions: ['*/read'] }] };

/** A list is requested below a provider, which is not a scope. */
const bare = (scope: string): string => keyOf(scope).replace(/\/providers\/[^/]+$|\/$/, '');
const isWithin = (outer: string, inner: string): boolean => `${bare(inner)}/`.startsWith(`${bare(outer)}/`);

/** Matches a text with a pattern with asterisks, in linear time. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.toLowerCase().split('*');
  const last = parts.pop();
  const whole = text.toLowerCase();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts) {
    at = whole.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return at <= whole.length - last.length;
}

/** Returns whether one of the patterns matches the action. */
export const names = (patterns: readonly string[] | undefined, action: string): boolean =>
  (patterns ?? []).some((pattern) => fits(pattern, action));
const gives = ({ actions, notActions }: Grant, action: string): boolean => names(actions, action) && !names(notActions, action);

export const allows = ({ grants }: Caller, { action, scope }: Right): boolean =>
  grants.some((grant) => isWithin(grant.scope, scope) && gives(grant, action));

/** Returns whether the permission is granted at the scope, or for something below it. */
export const allowsSome = ({ grants }: Caller, { action, scope }: Right): boolean =>
  grants.some((grant) => (isWithin(grant.scope, scope) || isWithin(scope, grant.scope)) && gives(grant, action));

export const allowsData = ({ grants }: Caller, { action, scope }: Right): boolean =>
  grants.some(
    ({ scope: at, dataActions, notDataActions }) => isWithin(at, scope) && names(dataActions, action) && !names(notDataActions, action),
  );

/** Answers `{scope}/providers/Microsoft.Authorization/permissions`: one row per grant. */
export const permissionsAt = ({ grants }: Caller, scope: string): Json =>
  grants
    .filter((grant) => isWithin(grant.scope, scope))
    .map(({ actions, notActions = [], dataActions = [], notDataActions = [] }) => ({
      actions: [...actions],
      notActions: [...notActions],
      dataActions: [...dataActions],
      notDataActions: [...notDataActions],
    }));

export const refusal = ({ name, id }: Caller, { action, scope }: Right): EmulatedResponse => forbidden(name, id, action, scope);

/** The refusal if the action is granted but the action on a linked resource is not. */
export const linkedRefusal = ({ name, id }: Caller, own: Right, linked: Right): EmulatedResponse =>
  gatewayError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${name}' with object id '${id}' has permission to perform action '${own.action}' on scope '${own.scope}'; however, it does not have permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.scope}' (respectively) or the linked scope(s) are invalid.`,
  );
