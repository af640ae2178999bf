import ipaddr from 'ipaddr.js';

/** Returns whether a range holds an address. */
export const rangesCover = (range: string, address: string): boolean =>
  (ipaddr.parse(address) as ipaddr.IPv4).match(ipaddr.parseCIDR(range) as [ipaddr.IPv4, number]);
