export * from './aborted-transaction.ts'
export * from './index-entries.ts'
export * from './producer-snapshot.ts'
