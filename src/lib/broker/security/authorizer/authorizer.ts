import type { AclOperationName, ResourceTypeName } from '../../../protocol/acl-types.ts'

/** Who asks for something, and from where. */
export interface Client {
  /** `User:alice` */
  readonly principal: string
  /** IP address as Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string
}

/** Says who may do what (org.apache.kafka.server.authorizer.Authorizer, KIP-504). */
export interface Authorizer {
  /** `request` is the API that a client needs it for: a denial is told then. Left out where it is a question only. */
  isAllowed(
    client: Client,
    operation: AclOperationName,
    resourceType: ResourceTypeName,
    resourceName: string,
    request?: string,
  ): boolean
  /** Whether there is any resource of a kind, be it only by name, on which the client may do so. */
  isAllowedByAnyResource(client: Client, operation: AclOperationName, resourceType: ResourceTypeName): boolean
}
