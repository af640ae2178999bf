/** Errors about the selection of apps. */
import { EXIT, errorCatalogue } from '../errors.ts';

/** The data of each error. */
interface FleetErrors {
  readonly emptyManagementGroup: { readonly group: string };
}

export const fleetErrors = errorCatalogue<FleetErrors>('engine', {
  emptyManagementGroup: {
    title: 'No subscription in the group',
    exit: EXIT.failed,
    message: ({ group }) => `The management group "${group}" contains no subscription that you can read.`,
    next: () => ['Run az account management-group list to list the groups and their ids.'],
  },
});
