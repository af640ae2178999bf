/** Errors about the selection of apps. */
import { EXIT, errorCatalogue, withData } from '../errors.ts';

export const fleetErrors = errorCatalogue('engine', {
  emptyManagementGroup: withData<{ readonly group: string }>({
    title: 'No subscription in the group',
    exit: EXIT.failed,
    message: ({ group }) => `The management group "${group}" contains no subscription that you can read.`,
    next: () => ['Run az account management-group list to list the groups and their ids.'],
  }),
});
