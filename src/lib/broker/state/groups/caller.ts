/** Who sent a request, and in which version of the API. */
export interface Caller {
  readonly clientId: string
  /** IP address as Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly apiVersion: number
  /** Whether it may know that there is such a topic. */
  mayDescribe(topic: string): boolean
}
