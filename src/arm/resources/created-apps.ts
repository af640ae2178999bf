/** The times at which apps were created. The site itself does not have them. */
import { readList, type Resource } from '../resource-definition.ts';

/** A list by one type, because the filters that Azure documents do not combine a type with a name; it serves all apps of the group. */
export const createdApps: Resource = {
  place: ({ subscriptionId, resourceGroup, slot }) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/resources?$filter=resourceType eq 'Microsoft.Web/sites${slot ? '/slots' : ''}'&$expand=createdTime`,
  apiVersion: '2021-04-01',
  ...readList('Microsoft.Resources/subscriptions/resourceGroups/resources/read'),
};
