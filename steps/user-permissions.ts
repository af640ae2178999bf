import {
  type Answers,
  type Context,
  defineQuestions,
  defineStep,
  type Draft,
  type GuardFinding,
  stop,
  warn,
} from '../src/contract/index.ts';
import { ROLE, type RoleAssignment, roleOf, rolesRead, sameResource, scopeOf } from '../src/azure/index.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/role-based-access-control/best-practices';
/** Roles that can change the app or its permissions. */
const STRONG: readonly string[] = [
  ROLE.owner,
  ROLE.contributor,
  ROLE.userAccessAdministrator,
  ROLE.rbacAdministrator,
  ROLE.websiteContributor,
];
/** Roles that can assign any role to themselves. */
const ADMINS: readonly string[] = [ROLE.owner, ROLE.userAccessAdministrator, ROLE.rbacAdministrator];
/** Number of owners that the guidance recommends at most. */
const MOST = 3;

const read = ({ facts }: X) => rolesRead(facts.roleAssignments.value, facts.maybe('roleDefinitions'));
const isStrong = (x: X, one: RoleAssignment, roles = read(x)): boolean => STRONG.includes(roleOf(one)) || roles.isPowerful(roleOf(one));
/** Reads the roles once, because a subscription can have thousands of assignments. */
const strong = (x: X, roles = read(x)): readonly RoleAssignment[] => x.facts.roleAssignments.value.filter((one) => isStrong(x, one, roles));
const nameOf = (x: X, one: RoleAssignment, roles = read(x)): string => roles.nameOf(roleOf(one));
const isDirect = ({ facts }: X, one: RoleAssignment): boolean => sameResource(scopeOf(one), facts.site.id);
/** Deleted principals have no type, or the type unknown. */
const isGone = ({ properties }: RoleAssignment): boolean => !properties.principalType || /^Unknown$/i.test(properties.principalType);
/** A group of another tenant, such as that of a partner who sold the subscription. */
const isForeign = ({ properties }: RoleAssignment): boolean => /^ForeignGroup$/i.test(properties.principalType ?? '');
/** Whether an assignment surely lets its principal assign roles. An assignment with a condition may not. */
const mayAssign = (x: X, one: RoleAssignment): boolean =>
  !isGone(one) && !one.properties.condition && (ADMINS.includes(roleOf(one)) || read(x).assignsRoles(roleOf(one)));
const perhapsAssigns = (x: X, one: RoleAssignment): boolean =>
  ADMINS.includes(roleOf(one)) || read(x).assignsRoles(roleOf(one)) || read(x).isUnread(roleOf(one));
const isGroup = ({ properties }: RoleAssignment): boolean => /Group$/i.test(properties.principalType ?? '');
const isMine = ({ me }: X, { properties }: RoleAssignment): boolean =>
  me !== undefined && properties.principalId.toLowerCase() === me.toLowerCase();

const placeOf = (x: X, one: RoleAssignment): string => {
  const scope = scopeOf(one);
  if (isDirect(x, one)) return 'on this app';
  const parts = scope.split('/');
  if (/\/managementGroups\//i.test(scope)) return `management group ${parts.at(-1) ?? ''}`;
  return parts.length <= 3
    ? scope === '/' || scope === ''
      ? 'the whole tenant'
      : 'subscription'
    : parts.length === 5
      ? `resource group ${parts.at(-1) ?? ''}`
      : scope;
};
const lineOf = (x: X, one: RoleAssignment, roles = read(x)): string =>
  `${nameOf(x, one, roles)}: ${isGone(one) ? 'deleted or unknown principal' : isForeign(one) ? 'group of another tenant' : (one.properties.principalType ?? '').toLowerCase()} ${one.properties.principalId}${isMine(x, one) ? ' (you)' : ''}, ${placeOf(x, one)}, assignment ${one.name}`;
const chosen = (x: X): readonly RoleAssignment[] => {
  const names = (x.answers.remove ?? []).map((name) => name.toLowerCase().split('/').at(-1));
  return x.facts.roleAssignments.value.filter(({ name }) => names.includes(name.toLowerCase()));
};

function removal(one: RoleAssignment): Draft {
  const { roleDefinitionId, principalId, principalType, condition, conditionVersion, description } = one.properties;
  const kept = { principalType, condition, conditionVersion, description };
  const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null)) as Record<
    string,
    string
  >;
  const gone = isGone(one) ? { stays: 'the principal is deleted or unknown, and Azure assigns roles only to existing principals.' } : {};
  return {
    whole: 'roleAssignments',
    instanceId: one.id,
    to: null,
    restore: { properties: { roleDefinitionId, principalId, ...given } },
    ...gone,
  };
}

function lostRoles(x: X): GuardFinding[] {
  const names = x.answers.remove ?? [];
  const found = chosen(x);
  const missing = names.filter((name) => !found.some((one) => one.name.toLowerCase() === name.toLowerCase().split('/').at(-1)));
  const inherited = found.filter((one) => !isDirect(x, one));
  const left = x.facts.roleAssignments.value.filter((one) => !found.includes(one));
  const mine = found.filter((one) => isMine(x, one));
  return [
    ...(x.me === undefined ? [warn('func-harden does not know your principal id. Check whether one of these assignments is yours.')] : []),
    ...missing.map((name): GuardFinding => stop(`No role assignment ${name} applies to this app. Remove it from your answer.`)),
    ...inherited.map((one): GuardFinding =>
      stop(`${one.name} was created at a different scope (${placeOf(x, one)}) and can only be removed there. Remove it from your answer.`),
    ),
    ...mine.map((one): GuardFinding => {
      const others = left.filter((other) => isMine(x, other) && isStrong(x, other));
      return {
        level: 'warn',
        own: true,
        says:
          others.length > 0
            ? `Your own ${nameOf(x, one)} is removed; you keep ${others.map((other) => nameOf(x, other)).join(', ')}.`
            : `Your own ${nameOf(x, one)} is removed, and func-harden sees no other role of yours. You may not have permission to undo this change.`,
      };
    }),
    ...found
      .filter((one) => isGroup(one) && !left.some((other) => isMine(x, other) && isStrong(x, other)))
      .map((one): GuardFinding => ({
        level: 'warn',
        own: true,
        says: `func-harden does not know the members of the group ${one.properties.principalId}. If you are a member, you may lose your own access and the permission to undo this change.`,
      })),
    ...(left.some((one) => mayAssign(x, one))
      ? []
      : left.some((one) => !isGone(one) && perhapsAssigns(x, one))
        ? [
            warn(
              'After this change, perhaps no principal can assign roles on this app: the remaining assignments have a condition, or their permissions could not be read. Check them first.',
            ),
          ]
        : [
            stop(
              'After this change, no principal could assign roles on this app. Keep at least one assignment of Owner, User Access Administrator or Role Based Access Control Administrator.',
            ),
          ]),
    ...found
      .filter((one) => !isMine(x, one))
      .map((one): GuardFinding =>
        warn(
          `${one.properties.principalId} loses ${nameOf(x, one)} here${isGone(one) ? '; it is deleted or unknown' : '; consider Reader or Website Contributor instead'}.`,
        ),
      ),
  ];
}

const questions = defineQuestions({
  most: {
    kind: 'number',
    optional: true,
    exempts: true,
    label: 'Maximum number of privileged principals',
    help: 'People, groups and identities with Owner, Contributor, Website Contributor or a role that can assign roles, including inherited assignments. A group counts as one. Eligible assignments of Privileged Identity Management are not counted.',
    min: 1,
    max: 100,
    unit: 'principals',
    example: MOST,
  },
  remove: {
    kind: 'names',
    of: 'role assignments',
    label: 'Which direct assignments should be removed?',
    help: 'Write the name of the assignment (the GUID at the end of its line). Inherited assignments must be removed at their own scope.',
    example: '7f3c1a52-0000-4000-8000-000000000001',
    pattern: /^(\/\S+\/)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  },
});

export default defineStep({
  id: 'user-permissions',
  title: 'User management permissions',
  group: 'operation',
  why: 'Anyone who can change the app can run code with its identity. Every unnecessary permission is a risk.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#user-management-permissions', DOCS],
  questions,
  options: {
    remove: (x) =>
      strong(x)
        .filter((one) => isDirect(x, one))
        .map((one) => ({ value: one.name, label: lineOf(x, one) })),
  },
  controls: [
    {
      kind: 'rule',
      id: 'roles',
      label: 'Privileged role assignments',
      because: 'Permissions of former employees, old projects and large groups stay until someone reviews them.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      effect: 'The named principals lose the role on this app at once. Inherited roles stay.',
      reads: ['site', 'roleAssignments', 'roleDefinitions'],
      writes: ['roleAssignments'],
      needs: ['remove'],
      docs: DOCS,
      compliance: { mcsb: ['PA-7'] },
      judge: (x) => {
        const roles = read(x);
        const all = strong(x, roles);
        const most = x.answers.most ?? MOST;
        const gone = all.filter(isGone);
        const foreign = all.filter(isForeign);
        const count = new Set(all.map(({ properties }) => properties.principalId.toLowerCase())).size;
        const counted = new Set(all);
        const groups = new Set(all.filter(isGroup).map(({ properties }) => properties.principalId.toLowerCase())).size;
        const readers = x.facts.roleAssignments.value.filter((one) => !counted.has(one) && roles.readsSecrets(roleOf(one)));
        const due = chosen(x).length;
        const others = roles.unread;
        const says = [
          `${count} ${count === 1 ? 'principal' : 'principals'}${groups > 0 ? ` (${groups} ${groups === 1 ? 'group' : 'groups'}, whose members are not counted)` : ''}`,
          ...(readers.length > 0 ? [`${readers.length} more can read the secrets of the app`] : []),
          ...(gone.length > 0 ? [`${gone.length} deleted or unknown`] : []),
          ...(foreign.length > 0 ? [`${foreign.length} of another tenant`] : []),
          ...(due > 0 ? [`${due} to be removed`] : []),
        ];
        return {
          state: count > most || gone.length > 0 || foreign.length > 0 || due > 0 ? 'fail' : others.length > 0 ? 'unknown' : 'pass',
          found: [says.join(', '), ...(others.length > 0 ? [`not checked: permissions of ${others.join(', ')}`] : [])].join('; '),
          wanted: `at most ${most} with active assignments, all existing and in this tenant`,
          lines: [
            ...[...all, ...readers].map((one) => lineOf(x, one, roles)),
            'Not counted: eligible assignments (Privileged Identity Management) and principals of other tenants (Azure Lighthouse).',
          ],
        };
      },
      draft: (x) =>
        chosen(x)
          .filter((one) => isDirect(x, one))
          .map(removal),
      guards: [{ id: 'roles', check: lostRoles }],
    },
  ],
});
