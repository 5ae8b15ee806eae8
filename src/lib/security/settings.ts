/** `ssl.*` and `sasl.*` by Kafka's names, as they were written: of a client, or of one listener of a broker. */
export type Settings = ReadonlyMap<string, string>
