/** Networks, private endpoints and gateways: wire bodies of ARM, limited to the members that steps read. */

export interface NetworkRules {
  readonly defaultAction?: string;
  readonly bypass?: string;
  readonly ipRules?: readonly { readonly value: string }[];
  /** Only of storage accounts. ARM returns it in API versions that do not document it as well. */
  readonly ipv6Rules?: readonly { readonly value: string }[];
  readonly virtualNetworkRules?: readonly { readonly id: string }[];
}

export interface PrivateConnection {
  readonly id?: string;
  readonly properties: {
    readonly privateEndpoint?: { readonly id?: string } | null;
    readonly privateLinkServiceConnectionState?: { readonly status?: string };
    readonly provisioningState?: string;
    /** The part of the service that the endpoint leads to; a list often has null. */
    readonly groupIds?: readonly string[] | null;
  };
}

interface EndpointConnection {
  readonly properties: { readonly privateLinkServiceId?: string; readonly groupIds?: readonly string[] };
}

export interface PrivateEndpoint {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly provisioningState?: string;
    readonly subnet?: { readonly id: string };
    readonly privateLinkServiceConnections?: readonly EndpointConnection[];
    /** Connections that the owner of the target resource must approve manually. */
    readonly manualPrivateLinkServiceConnections?: readonly EndpointConnection[];
  };
}

/** `{private endpoint}/privateDnsZoneGroups/…` of the endpoints of the app. */
export interface DnsZoneGroup {
  readonly id: string;
  readonly properties: { readonly privateDnsZoneConfigs?: readonly { readonly properties: { readonly privateDnsZoneId?: string } }[] };
}

export interface PrivateDnsZone {
  readonly id: string;
  readonly name: string;
  readonly properties?: { readonly numberOfVirtualNetworkLinks?: number };
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly addressPrefix?: string;
    readonly addressPrefixes?: readonly string[] | null;
    readonly delegations?: readonly { readonly properties: { readonly serviceName?: string } }[];
    readonly serviceEndpoints?: readonly { readonly service?: string }[];
    readonly networkSecurityGroup?: { readonly id: string } | null;
    readonly routeTable?: { readonly id: string } | null;
    readonly natGateway?: { readonly id: string } | null;
    readonly serviceAssociationLinks?: readonly unknown[] | null;
    readonly ipConfigurations?: readonly unknown[] | null;
  };
}

export interface VirtualNetwork {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly properties: {
    readonly subnets?: readonly Subnet[];
    /** DNS servers of the network; none where Azure resolves names. */
    readonly dhcpOptions?: { readonly dnsServers?: readonly string[] | null } | null;
    readonly virtualNetworkPeerings?: readonly { readonly properties: { readonly useRemoteGateways?: boolean } }[] | null;
  };
}

/** `{site}/networkConfig/virtualNetwork`. */
export interface VnetConnection {
  readonly id: string;
  readonly properties: { readonly subnetResourceId?: string | null };
}

/** A Front Door profile or application gateway with the app as a backend. */
export interface Gateway {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly kind: 'Front Door' | 'Application Gateway';
    /** Value of the x-azure-fdid header. */
    readonly frontDoorId?: string;
    /** Subnet of an application gateway. */
    readonly subnet?: string;
    /** Private addresses of an application gateway, and the ids of its public addresses, which are not read. */
    readonly addresses?: readonly string[];
    /** State and mode of the WAF policy where the ways to the app are not known; undefined if there is none. */
    readonly waf?: Firewall;
    /** Set where the gateway has several WAF policies of different states, and it is not known which one covers the app. */
    readonly isMixed?: boolean;
    /** Domains or routing rules that lead to the app, each with its firewall. */
    readonly ways?: readonly GatewayWay[];
  };
}
export interface Firewall {
  readonly enabled: boolean;
  readonly mode: string;
  /** Set where the policy has no managed rules and no enabled custom rule, so that it blocks nothing. */
  readonly hasNoRules?: boolean;
  /** Set where the answer has no list of managed rules and no enabled custom rule. */
  readonly hasUnseenRules?: boolean;
}
export interface GatewayWay {
  readonly name: string;
  /** False where a rule set may lead to the app, and was not read, or where only an address names the app. */
  readonly isSure: boolean;
  /** The address behind the way, which may also be that of another app. */
  readonly address?: string;
  readonly waf?: Firewall;
}
