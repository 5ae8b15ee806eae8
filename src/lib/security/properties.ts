/** Java's properties as they were written: `ssl.keystore.location`, `sasl.jaas.config`, … */
export type SecurityProperties = ReadonlyMap<string, string>
