export function chunkScript(text: string): string
