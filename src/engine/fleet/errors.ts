/** Errors about the selection of apps. */
import { EXIT, errorCatalogue, withData } from '../errors.ts';

export const fleetErrors = errorCatalogue('engine', {
  emptyManagementGroup: withData<{ readonly group: string }>({
    title: 'No subscription in the management group',
    exit: EXIT.failed,
    message: ({ group }) => `The management group "${group}" contains no subscription that you can read.`,
    next: () => ['Run az account management-group list to list the groups and their ids.'],
  }),
  outsideManagementGroup: withData<{ readonly subscriptions: readonly string[]; readonly groups: readonly string[] }>({
    title: 'Subscription not in the management group',
    exit: EXIT.usage,
    message: ({ subscriptions, groups }) =>
      `${subscriptions.map((name) => `"${name}"`).join(', ')}: not a subscription in the management group ${groups.join(' or ')}.`,
    next: () => ['Remove --subscription or --management-group, or choose a subscription in the group.'],
  }),
});
