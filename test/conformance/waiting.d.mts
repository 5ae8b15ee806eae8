export const WAITING: Readonly<Record<string, string>>
