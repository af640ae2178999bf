/** Errors about the selection of apps. */
import { EXIT, errorCatalogue, withData } from '../errors.ts';

export const fleetErrors = errorCatalogue('engine', {
  emptyManagementGroup: withData<{ readonly group: string }>({
    title: 'No subscription in the group',
    exit: EXIT.failed,
    message: ({ group }) => `The management group "${group}" contains no subscription that you can read.`,
    next: () => ['Run az account management-group list to list the groups and their ids.'],
  }),
  outsideManagementGroup: withData<{ readonly subscriptions: readonly string[]; readonly groups: readonly string[] }>({
    title: 'Subscription outside the group',
    exit: EXIT.usage,
    message: ({ subscriptions, groups }) =>
      `${subscriptions.map((name) => `"${name}"`).join(', ')}: not a subscription in the management group ${groups.join(' or ')}.`,
    next: () => ['Leave out --subscription or --management-group, or name a subscription in the group.'],
  }),
});
