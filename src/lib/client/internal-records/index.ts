/** What brokers and controllers keep in topics of their own, for those who look at their logs. */
export * from '../../protocol/internal-records/index.ts'
