/** How a listener is spoken to (SecurityProtocol). */
export const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
export type SecurityProtocol = (typeof SECURITY_PROTOCOLS)[number]

/** Its number on the wire, and in the metadata. */
export const securityProtocolId = (protocol: SecurityProtocol): number => SECURITY_PROTOCOLS.indexOf(protocol)
