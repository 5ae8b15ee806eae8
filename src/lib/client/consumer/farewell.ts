/**
 * How long brokers may keep whoever waits for the end of a consumer: as long as Java's close lets them, less when the
 * consumer has ended because nothing came, and no more than a second when somebody waits for it at a terminal.
 */
export type Farewell = 'unhurried' | 'idle' | 'hurried'
