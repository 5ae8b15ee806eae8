export interface Servers {
  /** Makes topics on the fly. */
  readonly server: string
  /** Has `auto.create.topics.enable=false`. */
  readonly strict: string
}
export const tasks: Readonly<Record<string, (servers: Servers) => Promise<void>>>
